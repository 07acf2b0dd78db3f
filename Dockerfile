# The image that Astro deploys, and that `astro dev start` runs. It installs packages.txt and requirements.txt by itself.
# Not built in this repository's CI, which has no container engine.
# The tag must be one whose Airflow is the version in constraints.txt: `docker run --rm IMAGE airflow version` tells.
FROM astrocrpublic.azurecr.io/runtime:3.3-7
# The image has installed requirements.txt in whatever versions there are today; these are the ones that were tested.
RUN pip install --no-cache-dir -r requirements.txt -c constraints.txt
# The package is include/offboarding, and is imported as offboarding.
ENV PYTHONPATH=/usr/local/airflow:/usr/local/airflow/include
# A log's long lines are shown whole: the sentence why a task is red is one.
ENV AIRFLOW__API__DEFAULT_WRAP=True
