"""Django's settings, read from the environment (see `environment`); safe unless told otherwise."""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from fairwrench.web.project.environment import Environment
from fairwrench.web.ui.assets import asset_dirs

ENVIRONMENT = Environment.of_process()
ROOT = Path(__file__).resolve().parents[3]
HOME = ENVIRONMENT.home

# Whatever runs with these settings makes files that its owner alone may read, whoever starts it and however.
os.umask(0o077)

DEBUG = False
SECRET_KEY = ENVIRONMENT.secret_key()
SECRET_KEY_FALLBACKS = ENVIRONMENT.old_secret_keys
ALLOWED_HOSTS = ENVIRONMENT.hosts
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.url]
ROOT_URLCONF = "fairwrench.web.project.urls"
WSGI_APPLICATION = "fairwrench.web.project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "access.User"

# What an installation works on
LEDGER = ENVIRONMENT.ledger
LEDGER_GROUP = ENVIRONMENT.ledger_group
DEMO = ENVIRONMENT.demo
#: apps by label that this installation does without
APPS_OFF = ENVIRONMENT.apps_off
SECOND_STEP_ROLES = ENVIRONMENT.second_step_roles
METRICS_TOKEN = ENVIRONMENT.metrics_token
SCHEME = ENVIRONMENT.scheme
SOURCE_FOLDERS = ENVIRONMENT.source_folders
UPLOADS = HOME / "uploads"
KEEP_UPLOADS = ENVIRONMENT.keep_uploads
SETTLEMENTS = HOME / "settlements"
# what is handed in while it comes, and what is read of it; nothing stays there
SCRATCH = HOME / "scratch"
SCRATCH.mkdir(parents=True, exist_ok=True)

INSTALLED_APPS = [
    "fairwrench.web.ui",
    "fairwrench.web.cycles",
    "fairwrench.web.org",
    "fairwrench.web.access",
    "fairwrench.web.people",
    "fairwrench.web.work",
    "fairwrench.web.tasks",
    "fairwrench.web.voice",
    "fairwrench.web.evidence",
    "fairwrench.web.tickets",
    "fairwrench.web.schemes",
    "fairwrench.web.settlements",
    "fairwrench.web.teams",
    "fairwrench.web.goals",
    "fairwrench.web.coaching",
    "fairwrench.web.surveys",
    "fairwrench.web.appraisals",
    "fairwrench.web.analysis",
    "fairwrench.web.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.dingtalk",
    "allauth.socialaccount.providers.feishu",
    "allauth.socialaccount.providers.weixin",
    "auditlog",
    "axes",
    "csp",
    "django_htmx",
    "django_tables2",
    "rules",
]

# What sets headers comes first, so that they stand on the pages of errors too, whoever found the error.
MIDDLEWARE = [
    "fairwrench.web.access.credentials.proxies.BehindProxies",
    "fairwrench.web.project.serving.log_lines.NumberedRequests",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fairwrench.web.ui.requests.middleware.PlainCookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "fairwrench.web.access.middleware.middleware.OutAfterLastDay",
    "fairwrench.web.access.middleware.language.LanguageMiddleware",
    "fairwrench.web.access.middleware.middleware.KeptNowhere",
    "allauth.account.middleware.AccountMiddleware",
    "fairwrench.web.access.middleware.middleware.SeenNowAndThen",
    "fairwrench.web.access.users.impersonation.ViewAsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "fairwrench.web.ui.requests.uploading.BoundedBodies",
    "auditlog.middleware.AuditlogMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "fairwrench.web.access.middleware.middleware.SignInFirst",
    "fairwrench.web.access.middleware.middleware.SecondStepFirst",
    "fairwrench.web.ui.requests.middleware.PlainTexts",
    "fairwrench.web.project.serving.faults.RefusedAsPage",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["fairwrench.web.ui.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "fairwrench.web.project.navigation.navigation",
            ],
        },
    }
]

# SQLite writes one at a time: writers wait for each other from the start of a transaction, readers never wait.
DATABASES = {"default": dj_database_url.parse(ENVIRONMENT.database_url, conn_max_age=60)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    HOME.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        # a transaction that first reads and then writes would else fail at its first write, without waiting
        "transaction_mode": "IMMEDIATE",
        # seconds that a writer waits for the one before it
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728",
    }

# What is counted against guessing counts in all processes, and on all machines, together: so it lies in the database.
# What only saves a process work stays in that process.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "access_tally",
        # so many that trying many names does not push the counts of one out (decision 8)
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}},
}

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "fairwrench.web.access.credentials.passwords.Passwords",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:home"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "fairwrench.web.access.accounts.accounts.Accounts"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# `access.credentials.throttling` counts passwords; what is left here counts codes of a second step, and all attempts
ACCOUNT_RATE_LIMITS = {"login_failed": "5/300s/key", "login": "300/m/ip"}
SOCIALACCOUNT_PROVIDERS = ENVIRONMENT.logins
SOCIALACCOUNT_ADAPTER = "fairwrench.web.access.accounts.accounts.OutsideAccounts"
SOCIALACCOUNT_ONLY = False
USERSESSIONS_TRACK_ACTIVITY = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Fairwrench"
# addresses come from HR, who knows whose they are; nobody changes a password by them
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_ADAPTER = "fairwrench.web.access.accounts.accounts.SecondFactors"
AXES_FAILURE_LIMIT = 8
# hours
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "access/locked_out.html"
AXES_USERNAME_CALLABLE = "fairwrench.web.access.credentials.throttling.attempted"
AXES_CLIENT_IP_CALLABLE = "fairwrench.web.access.credentials.throttling.address_counted"
AXES_WHITELIST_CALLABLE = "fairwrench.web.access.credentials.throttling.is_known"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
# whose word counts on where a request came from, besides proxies on this machine: see `access.credentials.proxies`
PROXIES = ENVIRONMENT.proxies

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.encrypted
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SECURE_SSL_REDIRECT = ENVIRONMENT.encrypted
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if ENVIRONMENT.encrypted else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENVIRONMENT.encrypted
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# of whoever is no proxy of ours the header is taken away before it is looked at
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
TIME_ZONE = ENVIRONMENT.time_zone
USE_I18N = USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = asset_dirs(ROOT)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": UPLOADS}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = ["fairwrench.web.ui.requests.uploading.CountedUpload"]
FILE_UPLOAD_TEMP_DIR = SCRATCH
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_NUMBER_FILES = 200

MAIL = bool(ENVIRONMENT.mail)
globals().update(ENVIRONMENT.mail)
# seconds: a mail server that does not answer must not hold up a page
EMAIL_TIMEOUT = 10

#: the address of the application as messages outside of it name it
ADDRESS = ENVIRONMENT.url
#: where the bots of group chats are spoken to; the key follows
BOT_SERVICES = {
    "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
    "dingtalk": "https://oapi.dingtalk.com/robot/send",
    "feishu": "https://open.feishu.cn/open-apis/bot/v2/hook/",
}

#: whether work is done where it is begun, for lack of a worker
JOBS_AT_ONCE = False
DJANGO_TABLES2_TEMPLATE = "ui/table.html"
AUDITLOG_INCLUDE_ALL_MODELS = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"one_line": {"()": "fairwrench.web.project.serving.log_lines.OneLine"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} [{request_number}] {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["one_line"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"fairwrench": {"level": "INFO"}},
}
