"""What an administrator of the cluster types to shut a way in, with kubectl.

https://kubernetes.io/docs/reference/kubectl/
"""

import shlex

from offboarding.interfaces import AccountRemedies, RemedyExamples
from offboarding.model import Account, AccountAction, Remedy, Sentence, Subject, SubjectKind, say
from offboarding.sources.kubernetes_cluster.client import SYSTEM
from offboarding.sources.kubernetes_cluster.held import token_in
from offboarding.sources.kubernetes_cluster.identities import BOOTSTRAP, SERVICE_ACCOUNT, KubernetesProduct, user_of

_COLUMNS = "KIND:.kind,NAMESPACE:.metadata.namespace,NAME:.metadata.name,WHOM:.subjects[*].name"


def disable(action: AccountAction) -> tuple[str, ...]:
    """Return how this is shut, and opened again."""
    account, subject = action.account, action.subject
    if account.product == KubernetesProduct.COPY:
        return (_of_cluster(account), *_copy(account, subject))
    if subject.kind is SubjectKind.SERVICE_CREDENTIAL:
        return (_of_cluster(account), *_secret(*_secret_of(subject)))
    match account.product:
        case KubernetesProduct.SERVICE_ACCOUNT:
            return (_of_cluster(account), *_service_account(account))
        case KubernetesProduct.BOOTSTRAP:
            return (_of_cluster(account), *_bootstrap_token(account))
        case KubernetesProduct.CERTIFICATE:
            return (_of_cluster(account), *_certificate(account))
        case _:
            return (_of_cluster(account), *_bindings(account.label), _nobody_else())


def replace(action: AccountAction) -> tuple[str, ...]:
    """Return how a workload gets another token before the old one is shut."""
    account, subject = action.account, action.subject
    namespace, name = _names(account)
    if account.product == KubernetesProduct.COPY:
        return disable(action)
    if subject.kind is SubjectKind.SERVICE_CREDENTIAL:
        return (
            say(
                "Let the workload run as its service account, so that the cluster gives it tokens that end; outside of"
                " the cluster, ask for one that ends:\n{command}",
                command=_kubectl("create", "token", name, namespace=namespace),
            ),
            say("Once nothing uses the old one:"),
            *disable(action),
        )
    if account.product != KubernetesProduct.SERVICE_ACCOUNT:
        return disable(action)
    return (_of_cluster(account), *_anew(namespace, name))


def keep_traces(action: AccountAction) -> tuple[str, ...]:
    """Return what is known of it: what was done stands in the API server's audit log alone."""
    account = action.account
    if account.product == KubernetesProduct.SERVICE_ACCOUNT or token_in(account.native_id):
        namespace, name = _names(account)
        shown = _kubectl("get", "serviceaccount", name, "--output=yaml", namespace=namespace)
    else:
        copied = account.product == KubernetesProduct.COPY
        shown = _naming((user_of(account) if copied else account.login) or account.label)
    return (
        say(
            "First keep what the cluster tells of it, and its API server's audit log, where one is kept, in which what"
            " was done stands:\n{command}",
            command=shown,
        ),
    )


REMEDIES: AccountRemedies = {
    Remedy.DISABLE: disable,
    # A token that is refused by a label works again once that's taken away, unless its Secret is deleted.
    Remedy.REMOVE: disable,
    Remedy.REPLACE: replace,
    Remedy.KEEP_TRACES: keep_traces,
}


def _of_cluster(account: Account) -> Sentence:
    """Clusters are alike, and kubectl's context says which one is meant."""
    command = _kubectl("get", "namespace", SYSTEM, "--output=jsonpath={.metadata.uid}")
    return say(
        "As an administrator of the cluster, see that kubectl speaks to it: this must print {uid}:\n{command}",
        uid=account.realm.removeprefix("kubernetes:"),
        command=command,
    )


def _bindings(name: str) -> tuple[Sentence, ...]:
    return (
        say("See which bindings name it:\n{command}", command=_naming(name)),
        say(
            "Keep each of them, and take it out of its subjects (KIND and NAME as shown; leave --namespace away for a"
            " ClusterRoleBinding):\n{keep}\n{edit}",
            keep=_kubectl("get", "KIND", "NAME", "--output=yaml", namespace="NAMESPACE") + " > binding.yaml",
            edit=_kubectl("edit", "KIND", "NAME", namespace="NAMESPACE"),
        ),
        say("Undo, with what was kept:\n{command}", command=_kubectl("auth", "reconcile", "--filename=binding.yaml")),
    )


def _nobody_else() -> Sentence:
    return say(
        "At what lets people in there (an identity provider, a cloud, static tokens), shut them too: whoever gets this"
        " name after them would be given the same."
    )


def _certificate(account: Account) -> tuple[Sentence, ...]:
    return (
        say(
            "Nobody can revoke a certificate that the cluster signed: it lets in until it ends. What it may do there,"
            " bindings say."
        ),
        *_bindings(user_of(account)),
        say("Do the same for each group that it's in: {reason}", reason=account.standing_reason),
        say(
            "In system:masters no binding can take anything from it: there the cluster's authority has to be replaced,"
            " and with it every certificate that it signed."
        ),
    )


def _copy(account: Account, subject: Subject) -> tuple[Sentence, ...]:
    """The file alone is no end of it: whoever had it may have another."""
    if subject.kind is not SubjectKind.SERVICE_CREDENTIAL and not token_in(account.native_id):
        ends = (
            say("Whoever else gets in by this name needs a certificate of another one first."),
            *_certificate(account),
        )
    else:
        ends = _anew(*_names(account))
    return (
        *ends,
        say(
            "Then take the kubeconfig away, or what is in it: {label}. That alone ends nothing, since whoever had the"
            " file may have another.",
            label=account.label,
        ),
    )


def _anew(namespace: str, name: str) -> tuple[Sentence, ...]:
    return (
        say(
            "Make the service account anew, which its bindings then name: all tokens of before end, those too that"
            " nobody can list:\n{keep}\n{again}",
            keep=_kept(namespace, name),
            again=_kubectl("replace", "--force", "--filename=serviceaccount.yaml"),
        ),
        say("Restart what runs as it, so that it gets new ones:\n{command}", command=_running(namespace)),
        say("Undo: it can't be; whoever needs one gets a new token."),
    )


def _service_account(account: Account) -> tuple[Sentence, ...]:
    namespace, name = _names(account)
    return (
        say(
            "See whether anything runs as it; that loses its way in, too:\n{command}",
            command=_running(namespace),
        ),
        say(
            "Keep it, and delete it: all of its tokens end, those too that nobody can list:\n{keep}\n{delete}",
            keep=_kept(namespace, name),
            delete=_kubectl("delete", "serviceaccount", name, namespace=namespace),
        ),
        say(
            "Undo: make it again, which its bindings then name; tokens of before stay dead:\n{command}",
            command=_kubectl("create", "serviceaccount", name, namespace=namespace),
        ),
    )


def _secret(namespace: str, name: str) -> tuple[Sentence, ...]:
    # Not by `kubectl describe`, which shows the token.
    pods = "--output=custom-columns=NAME:.metadata.name,SECRETS:.spec.volumes[*].secret.secretName"
    return (
        say(
            "See which pods it's mounted in; whatever uses its token elsewhere, the API server's audit log alone shows:"
            "\n{command}",
            command=_kubectl("get", "pods", pods, namespace=namespace),
        ),
        say(
            "Delete the Secret, which ends its token at once; tokens of the service account that were asked for go on:"
            "\n{command}",
            command=_kubectl("delete", "secret", name, namespace=namespace),
        ),
        say("Undo: it can't be; whoever needs one gets a new token."),
    )


def _bootstrap_token(account: Account) -> tuple[Sentence, ...]:
    name = account.native_id.removeprefix(BOOTSTRAP).partition("/")[0]
    return (
        say(
            "Delete its Secret, which ends the token at once; nodes that joined by it stay:\n{command}",
            command=_kubectl("delete", "secret", name, namespace=SYSTEM),
        ),
        say("Undo: it can't be; make a new one:\n{command}", command="kubeadm token create"),
    )


def _kept(namespace: str, name: str) -> str:
    shown = _kubectl("get", "serviceaccount", name, "--output=yaml", namespace=namespace)
    return f"{shown} > serviceaccount.yaml"


def _running(namespace: str) -> str:
    pods = "--output=custom-columns=NAME:.metadata.name,RUNS_AS:.spec.serviceAccountName"
    return _kubectl("get", "pods", pods, namespace=namespace)


def _names(account: Account) -> tuple[str, str]:
    """(namespace, name)."""
    if token := token_in(account.native_id):
        return token.namespace, token.name
    named = account.native_id.removeprefix(SERVICE_ACCOUNT).split("/")
    return (named[0], named[1]) if len(named) > 1 else ("NAMESPACE", "NAME")


def _secret_of(subject: Subject) -> tuple[str, str]:
    named = subject.native_id.split("/")
    return (named[0], named[1]) if len(named) > 1 else ("NAMESPACE", "NAME")


def _naming(name: str) -> str:
    every = _kubectl(
        "get", "rolebindings,clusterrolebindings", "--all-namespaces", f"--output=custom-columns={_COLUMNS}"
    )
    return f"{every} | grep --fixed-strings -- {shlex.quote(name)}"


def _kubectl(*words: str, namespace: str = "") -> str:
    return shlex.join(["kubectl", *([f"--namespace={namespace}"] if namespace else []), *words])


EXAMPLES = RemedyExamples(
    things=(SubjectKind.ACCOUNT, SubjectKind.SERVICE_CREDENTIAL, SubjectKind.CERTIFICATE),
    products=("user", "service account", "client certificate", "bootstrap token", "copy in a kubeconfig"),
    reached_by="https://HOST:6443",
)
