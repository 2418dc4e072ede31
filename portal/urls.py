"""All addresses of the portal: the language comes first."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from calls import sitemaps
from calls.opendata import views as opendata
from portal.content import views as content

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="home"), name="root"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("portal.documents.urls")),
    path("opendata/calls.json", opendata.calls, name="opendata_calls"),
    path("opendata/calls.schema.json", opendata.schema, name="opendata_schema"),
    path("sitemap.xml", sitemaps.page, name="sitemap"),
    path("robots.txt", sitemaps.robots, name="robots"),
    *i18n_patterns(
        path("admin/", admin.site.urls),
        path("accounts/", include("allauth.urls")),
        path("", include("grants.urls")),
        path("", content.home, name="home"),
        path("", include("calls.urls")),
        path("", include("applications.urls")),
        path("", include("portal.content.urls")),
    ),
]
