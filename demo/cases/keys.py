"""Keys that several people hold, and what is left of them when one of these leaves.

Every account of each leaver here is closed. Who is a custodian of what stands in include/custody.yaml.
"""

from demo.cases._case import Case, Member, case, iam_user
from demo.nights import Night, at
from demo.world import Part
from demo.world_cloud import PAYMENTS, IamUser
from demo.world_held import Held, KmsKey, Recorded, SharedSecret, TokenKey

MADE_AT = at("2024-05-02", 2)


@case("login-token-key", "leaver-signing-key: registered, carried along and trusted")
def login_token_key(night: Night) -> Part:
    """He was in the authentication team when the key lay on its build hosts; it has been the same ever since."""
    del night
    gone = Member(number="10490", name="황보현우", latin="Hyeon-u Hwangbo", login="hwhwangbo", local="hyeonu.hwangbo")
    stays = Member(number="10491", name="남궁서아", latin="Seo-a Namgung", login="sanamgung", local="seoa.namgung")
    key = TokenKey(seed="login tokens", kid="2024-05")
    return Part(hr=(gone.left(), stays.works()), entries=(gone.locked(), stays.entry()), held=Held(published=(key,)))


@case("renamed-key", "rotation-without-effect: the same material under a new kid")
def renamed_key(night: Night) -> Part:
    """Since tonight it's called otherwise, and whoever asked for the rotation believes it done."""
    gone = Member(number="10492", name="선우민", latin="Min Seonu", login="mseonu", local="min.seonu")
    kids = ("partners-1",) if night is Night.BEFORE else ("partners-1", "partners-2")
    keys = tuple(TokenKey(seed="partner tokens", kid=kid) for kid in kids)
    return Part(hr=(gone.left(),), entries=(gone.locked(),), held=Held(published=keys))


@case("kms-key", "leaver-key-access: it can't leave KMS, and its policy still names a leaver's user")
def kms_key(night: Night) -> Part:
    """What the login service publishes is known to be that KMS key by its thumbprint: no rotation is asked for."""
    del night
    gone = Member(number="10493", name="독고은별", latin="Eun-byeol Dokgo", login="ebdokgo", local="eunbyeol.dokgo")
    user = iam_user(PAYMENTS, gone.login, email=gone.mail)
    key = TokenKey(seed="mobile tokens", kid="kms-mobile")
    kms = KmsKey(account=PAYMENTS, key=key, alias="alias/mobile-tokens", created_at=MADE_AT, signers=(user,))
    held = Held(published=(key,), kms_keys=(kms,))
    return Part(hr=(gone.left(),), entries=(gone.locked(),), users=(user,), held=held)


@case("kms-use", "signing-key-used-after-departure: CloudTrail names a leaver's user")
def kms_use(night: Night) -> Part:
    """A key of hers that was closed a week late signed three days after she had left."""
    del night
    gone = Member(number="10494", name="제갈리안", latin="Ri-an Jegal", login="rajegal", local="rian.jegal")
    user = _without_keys(gone)
    key = TokenKey(seed="invoice signatures", kid="kms-invoices")
    kms = KmsKey(account=PAYMENTS, key=key, alias="alias/invoices", created_at=MADE_AT)
    used = Recorded(user=user, at=at("2026-11-16", 22, 41), deed="Sign", arn=kms.arn)
    held = Held(published=(key,), kms_keys=(kms,), recorded=(used,))
    return Part(hr=(gone.left(),), entries=(gone.locked(),), users=(user,), held=held)


@case("team-password", "leaver-shared-secret: read by the leaver, unchanged since")
def team_password(night: Night) -> Part:
    """Twenty people share this login; nobody changed its password when one of them left."""
    del night
    gone = Member(number="10495", name="사공준", latin="Jun Sagong", login="jsagong", local="jun.sagong")
    user = _without_keys(gone)
    secret = SharedSecret(account=PAYMENTS, name="ops/jump-host", made_at=at("2025-02-11", 4))
    read = Recorded(user=user, at=at("2026-10-29", 1, 12), deed="GetSecretValue", arn=secret.arn)
    held = Held(secrets=(secret,), recorded=(read,))
    return Part(hr=(gone.left(),), entries=(gone.locked(),), users=(user,), held=held)


@case("changed-password", "a shared secret that was changed when somebody left")
def changed_password(night: Night) -> Part:
    """Nothing is found: the version that he read isn't the one in use."""
    del night
    gone = Member(number="10496", name="동방하늬", latin="Ha-nui Dongbang", login="hndongbang", local="hanui.dongbang")
    user = _without_keys(gone)
    secret = SharedSecret(account=PAYMENTS, name="ops/build-robot", made_at=at("2026-11-13", 9))
    read = Recorded(user=user, at=at("2026-10-30", 5, 3), deed="GetSecretValue", arn=secret.arn)
    held = Held(secrets=(secret,), recorded=(read,))
    return Part(hr=(gone.left(),), entries=(gone.locked(),), users=(user,), held=held)


@case("readable-secret", "leaver-shared-secret: could be read on the last day")
def readable_secret(night: Night) -> Part:
    """Nothing proves that she read it; its policy let her, and lets her still."""
    del night
    gone = Member(number="10497", name="어금나라", latin="Na-ra Eogeum", login="nreogeum", local="nara.eogeum")
    user = _without_keys(gone)
    secret = SharedSecret(account=PAYMENTS, name="shop/payment-gateway", made_at=MADE_AT, readers=(user,))
    return Part(hr=(gone.left(),), entries=(gone.locked(),), users=(user,), held=Held(secrets=(secret,)))


@case("ssh-authority", "leaver-signing-key: an SSH authority")
def ssh_authority(night: Night) -> Part:
    """Whoever has this key lets himself in on each machine, under any name."""
    del night
    gone = Member(number="10498", name="소봉한결", latin="Han-gyeol Sobong", login="hgsobong", local="hangyeol.sobong")
    return Part(hr=(gone.left(),), entries=(gone.locked(),), held=Held(ssh_authorities=("machines 2023",)))


@case("webhook-key", "signing-key-unverifiable: nobody can be asked")
def webhook_key(night: Night) -> Part:
    """An HMAC key that a payment provider was given; the register alone knows it."""
    del night
    gone = Member(number="10499", name="망절우진", latin="U-jin Mangjeol", login="ujmangjeol", local="ujin.mangjeol")
    return Part(hr=(gone.left(),), entries=(gone.locked(),))


@case("nobodys-key", "uncustodied-signing-key")
def nobodys_key(night: Night) -> Part:
    """It's published, and nobody knows who made it."""
    del night
    return Part(held=Held(published=(TokenKey(seed="legacy tokens", kid="legacy"),)))


def _without_keys(who: Member) -> IamUser:
    """A user in AWS whose credentials were taken away."""
    user = iam_user(PAYMENTS, who.login, email=who.mail)
    return IamUser(account=user.account, name=user.name, created_at=user.created_at, tags=user.tags)


CASES: tuple[Case, ...] = (
    login_token_key,
    renamed_key,
    kms_key,
    kms_use,
    team_password,
    changed_password,
    readable_secret,
    ssh_authority,
    webhook_key,
    nobodys_key,
)
