# The environment is built apart, so that neither pip nor its cache is in the image.
FROM python:3.13-slim-bookworm AS build
COPY requirements.lock /
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r /requirements.lock \
    && /venv/bin/pip uninstall --yes pip

FROM python:3.13-slim-bookworm
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NO_BOOTSTRAP=1 \
    GUILDHALL_DATA=/data
# git reads the repositories whose commits are counted.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git openssh-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home guildhall \
    && install --directory --owner=guildhall --mode=0700 /data
COPY --from=build /venv /venv
WORKDIR /site
COPY . .
# The keys are for this one command; nothing of them stays.
RUN SECRET_KEY=$(python -c 'import secrets; print(secrets.token_hex(32))') \
    IDENTITY_KEY=$(python -c 'import secrets; print(secrets.token_hex(32))') \
    ENCRYPTION_KEY=$(python -c 'import secrets; print(secrets.token_hex(32))') \
    python manage.py collectstatic --no-input --verbosity 0
USER guildhall
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--bind=0.0.0.0:8000", "--workers=2", "--threads=4", "--worker-tmp-dir=/tmp"]
