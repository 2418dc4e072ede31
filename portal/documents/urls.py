"""Addresses of private files."""

from django.urls import path

from portal.documents import views

app_name = "documents"

urlpatterns = [
    path("files/<str:token>/<str:name>", views.serve, name="file"),
    path("previews/<str:token>", views.preview, name="preview"),
]
