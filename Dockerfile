# One image for every part of Earmark: `earmark serve --only api`, `earmark worker`, `earmark scheduler`, `earmark setup`.
FROM python:3.11-slim-bookworm

# libgomp is what CTranslate2 and scikit-learn count on; the rest comes with the wheels.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 earmark \
    && useradd --create-home --uid 10001 --gid earmark earmark \
    && install --directory --owner earmark --group earmark /data

WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock

# The code stays root's: those who run it only read it, so it is compiled here.
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && python -m compileall -q .

# `onnx`, `pyannote` or `onnx,pyannote`: engines that not everybody wants, as large as they are.
ARG EXTRAS=
RUN if [ -n "$EXTRAS" ]; then pip install --no-cache-dir --no-build-isolation -e ".[$EXTRAS]"; fi

# Whatever user it is run as, numba (under librosa) finds a place for what it compiles.
USER 10001
ENV EARMARK_DATA_DIR=/data \
    EARMARK_HOST=0.0.0.0 \
    NUMBA_CACHE_DIR=/data/numba \
    PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8484
ENTRYPOINT ["earmark"]
CMD ["serve"]
