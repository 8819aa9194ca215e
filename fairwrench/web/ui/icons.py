"""The icons that pages may use, by their names among Tabler's outlines; `make` draws them into one file."""

from __future__ import annotations

ICONS = (
    *("alert-triangle", "archive", "arrow-down", "arrow-left", "arrow-right", "arrow-up", "award", "bell", "building"),
    *("building-store", "bulb", "calendar", "calendar-event", "car", "cash", "chart-bar", "chart-dots", "chart-line"),
    *("check", "checklist", "chevron-down", "chevron-left", "chevron-right", "chevron-up", "circle-check", "circle-x"),
    *("clipboard-check", "clipboard-list", "clock", "cloud-upload", "coin", "copy", "database", "device-floppy"),
    *(
        "device-tv",
        "dots",
        "dots-vertical",
        "download",
        "edit",
        "eye",
        "eye-off",
        "external-link",
        "file",
        "file-check",
    ),
    *("file-description", "file-off", "file-spreadsheet", "file-text", "file-upload", "file-x", "filter", "flag"),
    *("gavel", "grid-dots", "heart", "help", "history", "home", "hourglass", "id", "info-circle", "key", "language"),
    *("layout-dashboard", "layout-kanban", "link", "list", "list-details", "lock", "lock-open", "login", "logout"),
    *("mail", "medal", "menu-2", "message", "messages", "minus", "mood-smile", "moon", "notes", "pencil", "phone"),
    *(
        "player-play",
        "plus",
        "printer",
        "receipt",
        "refresh",
        "report",
        "report-analytics",
        "rotate",
        "scale",
        "search",
    ),
    *("send", "settings", "shield", "shield-check", "signature", "sort-ascending", "sort-descending", "star", "sun"),
    *("switch-horizontal", "table", "target", "target-arrow", "timeline", "tool", "trash", "trending-down"),
    *("trending-up", "upload", "user", "user-check", "user-circle", "user-plus", "users", "users-group", "wallet"),
    *("writing", "x", "zoom-in"),
)
