# One image for every part of Earmark: `earmark serve --only api`, `earmark worker`, `earmark scheduler`, `earmark setup`.
FROM python:3.11-slim-bookworm

# libgomp is what CTranslate2 and scikit-learn count on; the rest comes with the wheels.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 earmark \
    && install --directory --owner earmark /data

WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock

COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e .

USER earmark
ENV EARMARK_DATA_DIR=/data \
    EARMARK_HOST=0.0.0.0 \
    PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8484
ENTRYPOINT ["earmark"]
CMD ["serve"]
