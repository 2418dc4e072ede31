"""Addresses of calls; included under the prefix of the language."""

from django.urls import path

from calls import calendar, feeds, printing, views
from calls.opendata.views import about

app_name = "calls"
urlpatterns = [
    path("calls/", views.call_list, name="list"),
    path("calls/calendar.ics", calendar.all_calls, name="calendar_of_all"),
    path("calls/feed.atom", feeds.calls, name="feed_of_all"),
    path("calls/<str:code>/", views.call_detail, name="detail"),
    path("calls/<str:code>/questions/", views.call_questions, name="questions"),
    path("calls/<str:code>/results/", views.call_results, name="results"),
    path("calls/<str:code>/print/", printing.page, name="print"),
    path("calls/<str:code>/print.pdf", printing.pdf, name="print_pdf"),
    path("calls/<str:code>/calendar.ics", calendar.one_call, name="calendar"),
    path("calls/<str:code>/feed.atom", feeds.news, name="feed"),
    path("opendata/", about, name="opendata"),
]
