# SPDX-License-Identifier: EUPL-1.2
"""Every way in which a fetch can fail, in words for the person who gave the address."""

from __future__ import annotations

from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say


def refused(code: str, what: Saying, why: Saying, do: Saying) -> Refused:
    return Refused(Problem(f"fetch.{code}", what, why, do, field="url"))


def scheme_unknown(scheme: str) -> Refused:
    return refused(
        "scheme_unknown",
        say("An address that begins with “%(scheme)s” cannot be fetched.", scheme=scheme[:20]),
        say("Only web addresses that begin with http:// or https:// are followed."),
        say("Give the web address of the file, or upload the file itself."),
    )


def address_wrong() -> Refused:
    return refused(
        "address_wrong",
        say("This is not a complete web address."),
        say("The name of the server is missing or cannot be read."),
        say("Copy the address of the file from the browser, beginning with https://."),
    )


def address_private(host: str) -> Refused:
    return refused(
        "address_private",
        say("The server %(host)s stands in an inner network.", host=host),
        say("Fetching from inner addresses could reach machines that are not meant for the public."),
        say("If this server is meant, ask the operator to allow it by name, or upload the file."),
    )


def port_closed(host: str, port: int) -> Refused:
    return refused(
        "port_refused",
        say("The address leads to port %(port)s of %(host)s.", port=port, host=host),
        say("Only the usual ports of web servers are followed: 80, 443, 8080 and 8443."),
        say("If this server is meant, ask the operator to allow it by name and port."),
    )


def name_unknown(host: str) -> Refused:
    return refused(
        "name_unknown",
        say("There is no server called %(host)s.", host=host),
        say("The name could not be found in the internet's directory."),
        say("Check the spelling of the address; if it is right, try again later."),
    )


def not_reached(host: str) -> Refused:
    return refused(
        "refused",
        say("The server %(host)s did not take the call.", host=host),
        say("It may be switched off, or it does not answer at this address."),
        say("Open the address in a browser; if it works there, try again later."),
    )


def not_trusted(host: str) -> Refused:
    return refused(
        "certificate_wrong",
        say("The server %(host)s cannot prove who it is.", host=host),
        say("Its certificate is out of date or made out to another name, so somebody could be in between."),
        say("Tell the people who run the server; until it is mended, upload the file."),
    )


def broken(host: str) -> Refused:
    return refused(
        "answer_broken",
        say("The answer of %(host)s broke off or is not a web server's answer.", host=host),
        say("A file that is not complete must not be taken for the whole."),
        say("Try again later; if it happens again, upload the file."),
    )


def too_large(most_bytes: int) -> Refused:
    return refused(
        "too_large",
        say("The file is larger than %(mib)s MiB.", mib=max(1, most_bytes // 1024**2)),
        say("A larger one could fill the disk of this machine."),
        say("Give the address of a smaller file, or ask the operator to raise the limit."),
    )


def unpacks_too_far(most_bytes: int) -> Refused:
    return refused(
        "unpacked_too_large",
        say("The packed answer unfolds to more than %(mib)s MiB.", mib=max(1, most_bytes // 1024**2)),
        say("A larger one could fill the disk of this machine; some files are made to do so."),
        say("Give the address of a smaller file, or ask the operator to raise the limit."),
    )


def too_slow(host: str) -> Refused:
    return refused(
        "too_slow",
        say("The server %(host)s sends so slowly that the fetch was given up.", host=host),
        say("A transfer that never ends would hold up all others."),
        say("Try again later, or upload the file."),
    )


def redirects_too_many(most: int) -> Refused:
    return refused(
        "redirects_too_many",
        say("The address was passed on more than %(most)s times.", most=most),
        say("Servers that pass on in a circle never lead to a file."),
        say("Open the address in a browser and give the address that you arrive at."),
    )


def encoding_unknown(name: str) -> Refused:
    return refused(
        "encoding_unknown",
        say("The server packs its answer in a way that was not asked for (%(name)s).", name=name[:20]),
        say("The bytes cannot be unfolded."),
        say("Download the file with a browser and upload it."),
    )


_STATUS: dict[int, tuple[Saying, Saying]] = {
    401: (
        say("The server asks for a name and a password."),
        say("Give an address that is open, or upload the file."),
    ),
    403: (
        say("The server forbids access to this file."),
        say("Ask its owner for access, or upload the file."),
    ),
    404: (say("The server has no file at this address."), say("Check the address; the file may have moved.")),
    410: (say("The file was taken away for good."), say("Ask its owner for the new address.")),
    429: (say("The server says that we ask too often."), say("Choose a longer time between two fetches.")),
}


def status(number: int, host: str) -> Refused:
    """The server answered, but not with a file."""
    why, do = _STATUS.get(
        number,
        (
            say("It could not or would not send the file."),
            say("Try again later; then ask the people who run the server."),
        ),
    )
    return refused(
        f"status_{number}",
        say("%(host)s answered with the code %(number)s.", host=host, number=number),
        why,
        do,
    )
