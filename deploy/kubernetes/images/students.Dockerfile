# What a student's server holds. From the repository's root:
#     docker build --file deploy/kubernetes/images/students.Dockerfile --tag …/students:1 .
# With a GPU: --build-arg EXTRA="tensorflow[and-cuda]"
FROM docker.io/library/python:3.13-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends libnss-wrapper tini \
    && rm -rf /var/lib/apt/lists/*

COPY deploy/jupyterhub/students.lock /tmp/requirements.lock
RUN pip install --no-cache-dir --require-hashes --requirement /tmp/requirements.lock
ARG EXTRA=""
RUN test -z "$EXTRA" || pip install --no-cache-dir --constraint /tmp/requirements.lock $EXTRA

COPY data/mnist.npz /usr/local/share/mnist/mnist.npz
COPY deploy/jupyterhub/local_mnist.py /usr/local/etc/ipython/startup/00-mnist.py
COPY deploy/jupyterhub/nbgrader_config_of_people.py /opt/course/etc/nbgrader_config.py
RUN sed --in-place --expression 's|@COURSE@|deep-learning|' \
        --expression 's|@EXCHANGE@|/srv/nbgrader/exchange|' /opt/course/etc/nbgrader_config.py \
    && for extension in formgrader course-list create-assignment; do \
           jupyter labextension disable --level=sys_prefix "@jupyter/nbgrader:$extension"; \
       done \
    && for extension in formgrader course_list; do \
           jupyter server extension disable --sys-prefix "nbgrader.server_extensions.$extension"; \
       done

COPY deploy/kubernetes/images/start /usr/local/bin/start
ENV HOME=/home/jovyan
WORKDIR /home/jovyan
USER 65534
ENTRYPOINT ["tini", "--", "start"]
CMD ["jupyterhub-singleuser"]
