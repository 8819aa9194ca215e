"""Addresses of people."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.people.views import find, organisation, people, roster, staff, standing_in

app_name = "people"
urlpatterns = [
    path("", people.people, name="list"),
    path("find/", find.find, name="find"),
    path("hire/", staff.hire, name="hire"),
    path("roster/", roster.roster, name="roster"),
    path("roster/preview/", roster.preview, name="roster_preview"),
    path("roster/apply/", roster.apply, name="roster_apply"),
    path("roster/export/", roster.export, name="roster_export"),
    path("organisation/", organisation.organisation, name="organisation"),
    path("organisation/<int:unit_id>/add/", organisation.unit_add, name="unit_add"),
    path("organisation/<int:unit_id>/name/", organisation.unit_edit, name="unit_edit"),
    path("organisation/<int:unit_id>/move/", organisation.unit_move, name="unit_move"),
    path("organisation/<int:unit_id>/remove/", organisation.unit_remove, name="unit_remove"),
    path("positions/", organisation.positions, name="positions"),
    path("positions/<str:code>/", organisation.position, name="position"),
    path("positions/<str:code>/edit/", organisation.position_edit, name="position_edit"),
    path("duties/", organisation.duties, name="duties"),
    path("duties/give/", organisation.duty_give, name="duty_give"),
    path("duties/<int:duty_id>/take/", organisation.duty_take, name="duty_take"),
    path("stand-ins/", standing_in.stand_ins, name="stand_ins"),
    path("delegations/<int:delegation_id>/decide/", standing_in.decide, name="delegation_decide"),
    path("delegations/<int:delegation_id>/end/", standing_in.undelegate, name="undelegate"),
    path("of/<str:employee_id>/", people.person, name="person"),
    path("of/<str:employee_id>/move/", staff.move, name="move"),
    path("of/<str:employee_id>/name/", staff.name, name="name"),
    path("of/<str:employee_id>/leave/", staff.leave, name="leave"),
    path("of/<str:employee_id>/stay/", staff.stay, name="stay"),
    path("of/<str:employee_id>/take-back/", staff.take_back, name="take_back"),
    path("of/<str:employee_id>/stand-in/", standing_in.delegate, name="delegate"),
]
