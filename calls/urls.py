"""Addresses of calls; included under the prefix of the language."""

from django.urls import path

from calls import views

app_name = "calls"
urlpatterns = [
    path("calls/", views.call_list, name="list"),
    path("calls/<str:code>/", views.call_detail, name="detail"),
    path("calls/<str:code>/questions/", views.call_questions, name="questions"),
    path("calls/<str:code>/results/", views.call_results, name="results"),
]
