FROM python:3.13-slim AS packages
WORKDIR /build
COPY pyproject.toml constraints.txt ./
# The packages alone, so that this layer is made again only when they change.
RUN python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\n")' > requirements.txt \
    && python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --constraint constraints.txt --requirement requirements.txt


FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite:////data/db.sqlite3 \
    UPLOADS_DIR=/data/uploads
RUN useradd --system --uid 1000 passaudit \
    && install --directory --owner passaudit /data
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
# This key lives in this step alone; the site wants one of its own to start.
RUN SECRET_KEY=collectstatic python manage.py collectstatic --no-input
USER 1000
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import http.client as client; connection = client.HTTPConnection('127.0.0.1', 8000, timeout=4); connection.request('GET', '/readyz'); raise SystemExit(connection.getresponse().status != 200)"]
CMD ["gunicorn", "--bind", "0.0.0.0:8000"]
