"""Addresses of calls; included under the prefix of the language."""

from django.urls import path

from calls import calendar, feeds, finding_views, following_views, printing, selfcheck, views
from calls.corrigenda import views as corrigenda
from calls.enquiries import feed as answers_feed
from calls.enquiries import views as enquiries
from calls.opendata.views import about

app_name = "calls"
urlpatterns = [
    path("calls/", finding_views.call_list, name="list"),
    path("calls/calendar.ics", calendar.all_calls, name="calendar_of_all"),
    path("calls/feed.atom", feeds.calls, name="feed_of_all"),
    path("calls/searches/", following_views.my_searches, name="searches"),
    path("calls/searches/save/", following_views.save_search, name="save_search"),
    path("calls/searches/<int:pk>/", following_views.rename_search, name="rename_search"),
    path("calls/searches/<int:pk>/email/", following_views.switch_alerts, name="switch_alerts"),
    path("calls/searches/<int:pk>/delete/", following_views.delete_search, name="delete_search"),
    path("calls/way-out/<str:token>/", following_views.way_out, name="way_out"),
    path("calls/<str:code>/", views.call_detail, name="detail"),
    path("calls/<str:code>/follow/", following_views.follow, name="follow"),
    path("calls/<str:code>/unfollow/", following_views.unfollow, name="unfollow"),
    path("calls/<str:code>/municipalities/", selfcheck.suggestions, name="suggestions"),
    path("calls/<str:code>/questions/", views.call_questions, name="questions"),
    path("calls/<str:code>/changes/", corrigenda.changes, name="changes"),
    path("calls/<str:code>/results/", views.call_results, name="results"),
    path("calls/<str:code>/print/", printing.page, name="print"),
    path("calls/<str:code>/print.pdf", printing.pdf, name="print_pdf"),
    path("calls/<str:code>/calendar.ics", calendar.one_call, name="calendar"),
    path("calls/<str:code>/feed.atom", feeds.news, name="feed"),
    path("calls/<str:code>/ask/", enquiries.ask, name="ask"),
    path("calls/<str:code>/answers/", enquiries.answers, name="answers"),
    path("calls/<str:code>/answers.pdf", enquiries.answers_pdf, name="answers_pdf"),
    path("calls/<str:code>/answers/feed.atom", answers_feed.answers, name="answers_feed"),
    path("opendata/", about, name="opendata"),
]
