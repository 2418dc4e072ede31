from django.urls import path

from grants import views

app_name = "grants"
urlpatterns = [
    path("grants/", views.GrantList.as_view(), name="list"),
    path("letters/<str:code>/", views.confirm, name="confirm"),
]
