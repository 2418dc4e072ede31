"""Addresses of applications. A draft is found by its key, a submission by its number."""

from django.urls import path

from applications.views import (
    clarifying,
    drafts,
    files,
    helping,
    lists,
    municipality,
    printing,
    receipts,
    remarks,
    submitting,
)

app_name = "applications"

urlpatterns = [
    path("applications/", municipality.my_applications, name="list"),
    path("applications/municipality/<int:pk>/", municipality.municipality, name="municipality"),
    path("applications/municipality/<int:pk>/everything.zip", municipality.export, name="export"),
    path("applications/messages/", municipality.messages, name="messages"),
    path("applications/messages/<int:pk>/", municipality.message, name="message"),
    path("applications/start/<str:call>/<str:stage>/", lists.start, name="start"),
    path("applications/receipt/<str:number>/<int:sequence>/", submitting.receipt, name="receipt"),
    path(
        "applications/receipt/<str:number>/<int:sequence>/application.pdf",
        printing.submission_pdf,
        name="submission_pdf",
    ),
    path("applications/receipt/<str:number>/<int:sequence>/receipt.pdf", receipts.receipt_pdf, name="receipt_pdf"),
    path("applications/receipt/<str:number>/<int:sequence>/receipt.json", receipts.receipt_file, name="receipt_file"),
    path(
        "applications/receipt/<str:number>/<int:sequence>/application.json",
        receipts.submission_json,
        name="submission_json",
    ),
    path("receipts/check/", receipts.receipt_check, name="receipt_check"),
    path("receipts/keys.pem", receipts.receipt_keys, name="receipt_keys"),
    path("receipts/check_receipt.py", receipts.receipt_script, name="receipt_script"),
    path("applications/<int:pk>/application.pdf", printing.pdf, name="pdf"),
    path("applications/<int:pk>/", drafts.tasks, name="tasks"),
    path("applications/<int:pk>/section/<str:section>/", drafts.section, name="section"),
    path("applications/<int:pk>/files/<str:question>/", files.begin, name="upload"),
    path("applications/<int:pk>/files/<str:question>/<str:token>/", files.state, name="upload_state"),
    path("applications/<int:pk>/files/<str:question>/<str:token>/<int:index>/", files.chunk, name="upload_chunk"),
    path("applications/<int:pk>/files/<str:question>/<str:token>/finish/", files.finish, name="upload_finish"),
    path("applications/<int:pk>/files/<str:question>/<str:token>/cancel/", files.cancel, name="upload_cancel"),
    path("applications/<int:pk>/here/", drafts.here, name="here"),
    path("applications/invitation/", helping.invitation, name="invitation"),
    path("applications/invitation/take-up/", helping.take_up, name="take_up"),
    path("applications/<int:pk>/helpers/", helping.helpers, name="helpers"),
    path("applications/<int:pk>/helpers/<int:helper>/", helping.helper, name="helper"),
    path("applications/<int:pk>/remarks/", remarks.remarks, name="remarks"),
    path("applications/<int:pk>/remarks/<str:question>/", remarks.remark, name="remark"),
    path("applications/<int:pk>/changes/", submitting.changes, name="changes"),
    path("applications/<int:pk>/check/", submitting.review, name="review"),
    path("applications/<int:pk>/clarification/", clarifying.clarification, name="clarification"),
    path("applications/<int:pk>/ready/", submitting.ready, name="ready"),
    path("applications/<int:pk>/submit/", submitting.submit, name="submit"),
    path("applications/<int:pk>/withdraw/", submitting.withdraw, name="withdraw"),
]
