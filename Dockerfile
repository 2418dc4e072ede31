# The portal's image: web, worker, beat and one-off commands differ only in what they run.
FROM node:24-bookworm-slim AS frontend
WORKDIR /portal
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM python:3.12-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home portal
WORKDIR /portal
COPY requirements.txt ./
RUN pip install --require-hashes -r requirements.txt
COPY . .
COPY --from=frontend /portal/node_modules node_modules
# Static files are made here, with stand-ins for what only a deployment knows.
RUN python scripts/frontend.py && rm -rf node_modules \
    && python scripts/messages.py \
    && SECRET_KEY=build DATABASE_URL=postgres://nobody@localhost/none REDIS_URL=redis://localhost \
       python manage.py collectstatic --noinput --verbosity=0 \
    && mkdir -p var/private var/mail var/run && chown -R portal var/private var/mail var/run
USER portal
EXPOSE 8000
CMD ["gunicorn", "portal.wsgi:application", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=4", \
     "--no-control-socket", "--access-logfile=-", "--forwarded-allow-ips=*"]
