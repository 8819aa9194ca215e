"""Addresses of tyres."""

from django.urls import path

from tests.web.project.tyres import views

app_name = "tyres"
urlpatterns = [
    path("", views.tyres, name="list"),
    path("<str:employee_id>/", views.tyres, name="of"),
]
