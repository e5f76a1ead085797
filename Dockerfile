FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels .

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 dealwright \
    && install -d -o dealwright -g dealwright /var/lib/dealwright
COPY deploy/requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --no-deps /wheels/*.whl
USER dealwright
ENV PYTHONUNBUFFERED=1 DEALWRIGHT_HOME=/var/lib/dealwright
VOLUME /var/lib/dealwright
EXPOSE 8080
CMD ["python", "-m", "worker"]
