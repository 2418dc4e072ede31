"""Addresses of the site's own pages; included under the prefix of the language. The home page is in portal/urls.py."""

from django.urls import path

from portal.content import views

app_name = "content"
urlpatterns = [
    path("pages/<slug:slug>/", views.page, name="page"),
    path("language/", views.choose_language, name="language"),
    path("logged-in/", views.logged_in, name="logged_in"),
    path("styleguide/", views.style_page, name="styleguide"),
]
