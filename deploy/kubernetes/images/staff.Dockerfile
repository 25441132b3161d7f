# What the staff's servers and the workers that grade hold. From the repository's root:
#     docker build --file deploy/kubernetes/images/staff.Dockerfile --tag …/staff:1 .
# With a GPU for trainings: --build-arg EXTRA="tensorflow[and-cuda]"
FROM docker.io/library/python:3.13-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends libnss-wrapper tini bubblewrap \
    && rm -rf /var/lib/apt/lists/*

COPY deploy/jupyterhub/staff.lock /tmp/requirements.lock
RUN pip install --no-cache-dir --require-hashes --requirement /tmp/requirements.lock
ARG EXTRA=""
RUN test -z "$EXTRA" || pip install --no-cache-dir --constraint /tmp/requirements.lock $EXTRA

COPY pyproject.toml README.md LICENSE /opt/course/
COPY graders /opt/course/graders
RUN pip install --no-cache-dir --no-deps --no-build-isolation /opt/course

COPY data/mnist.npz /opt/course/data/mnist.npz
COPY deploy/jupyterhub/nbgrader_config_of_grader.py /opt/course/etc/nbgrader_config.py
COPY deploy/jupyterhub/staff_server_config.py /opt/course/etc/jupyter_server_config.py
RUN sed --in-place --expression 's|@COURSE@|deep-learning|' \
        --expression 's|@EXCHANGE@|/srv/nbgrader/exchange|' /opt/course/etc/nbgrader_config.py

COPY deploy/kubernetes/images/start /usr/local/bin/start
ENV HOME=/home/jovyan GRADERS_MNIST=/opt/course/data/mnist.npz
WORKDIR /home/jovyan
USER 65534
ENTRYPOINT ["tini", "--", "start"]
CMD ["jupyterhub-singleuser"]
