"""Addresses of applications. A draft is found by its key, a submission by its number."""

from django.urls import path

from applications.views import drafts, lists, submitting

app_name = "applications"

urlpatterns = [
    path("applications/", lists.my_applications, name="list"),
    path("applications/start/<str:call>/<str:stage>/", lists.start, name="start"),
    path("applications/receipt/<str:number>/<int:sequence>/", submitting.receipt, name="receipt"),
    path("applications/<int:pk>/", drafts.tasks, name="tasks"),
    path("applications/<int:pk>/section/<str:section>/", drafts.section, name="section"),
    path("applications/<int:pk>/changes/", submitting.changes, name="changes"),
    path("applications/<int:pk>/check/", submitting.review, name="review"),
    path("applications/<int:pk>/submit/", submitting.submit, name="submit"),
    path("applications/<int:pk>/withdraw/", submitting.withdraw, name="withdraw"),
]
