"""What stands around a word that hurts, and makes it weigh less or more."""

import re

from textnlp.domain.texts.toxicity.model import Category, Level

_WINDOW = 70
_BASE = {Level.STRONG: 0.9, Level.PLAIN: 0.7, Level.MILD: 0.4, Level.AIMED: 0.0}
_AIMED_SCORE = 0.7
_LESS = 0.5

_QUANTITY = (
    r"(?: (?:a|an|so|such|just|all|really|nothing|but|fucking|absolute|absolutely|complete|completely"
    r"|total|totally|utter|utterly|one"
    r"|the|most|biggest|big|huge|little|bunch|of|lot|real|very|too|pretty|quite|damn|bloody|still"
    r"|literally|clearly|obviously|always"
    r"|right|being|acting|like|another|kind|old|fat|ugly|stupid|dumb|pathetic|worthless|lazy|disgusting"
    r"|miserable|poor|sad|useless|as|and))*"
)
_AIM_YOU = re.compile(
    rf"(?:\byou(?:'re|re| are| r|'ve always been| look| sound| were| will always be| must be)?|\bu(?: r"
    rf"| are)?|\bur|\byour)(?: guys| people| lot| all)?,?{_QUANTITY} $"
)
_AIM_LOOSE = re.compile(r"\b(?:you|u|ur|your|you're|y'all)\b(?: [\w']+){0,2} $")
_AIM_OTHER = re.compile(
    rf"(?:\b(?:he|she|they|who|everyone|everybody|people|(?:my|your|his|her|their|that|this|the) \w+)(?:'s"
    rf"|'re| is| are| was| were| turned out to be| became| acts? like| sounds? like| looks? like"
    rf"| must be){_QUANTITY}"
    rf"|\bwhat (?:an?|absolute|complete|total|bunch of){_QUANTITY}|\b(?:these|those|such|that"
    rf"|this)(?: (?!is |was |are |were |has |had |to |of |a )[\w']+)?{_QUANTITY}|\bbunch of{_QUANTITY}"
    rf"|\bcall(?:ed|ing)? (?:him|her|them){_QUANTITY}) $"
)
_AIM_AFTER = re.compile(
    r"^(?:[!.,]* ?(?:you|u|all of you|get out|shut up|go away|die)\b| like (?:you|him|her|them|that|u)\b)"
)
_VOCATIVE = re.compile(
    r"(?:^|[.!?] ?|\b(?:listen|hey|yo|ok|okay|hello|hi|bye|sorry|wow|well|yes|no|nope|nice|thanks|lol"
    r"|wrong|please|sure|whatever),? )$"
)
_CALLED = re.compile(r"^(?:[,!?]|\.?$)")
_SELF = re.compile(r"\b(?:i'm|i am|im|i was|i felt|i feel|me|myself|my own|we are|we're)(?: [\w']+){0,3} $")
_MENTION = re.compile(
    r"\b(?:word|words|term|terms|slurs?|epithet|expression|insults?|swear|swearing|curse|profanity"
    r"|profanities|definition|etymology"
    r"|dictionary|censor(?:ed|ing|ship)?|offensive|derogatory|pejorative|translates?|spell(?:ed|ing)?|vulgar|obscene"
    r"|lyrics?|novel|quote[sd]?|quoting|verbatim|defamation|graffiti|transcript|moderation|moderators?|harassment)\b"
)
_REPORTED = re.compile(
    r"\b(?:call(?:s|ed|ing)? (?:me|us|him|her|them|people|someone|somebody|anyone|my \w+|the \w+)|(?:he"
    r"|she|they|someone|somebody"
    r"|who|man|woman|\w+er|witness|suspect|defendant|victim|character) (?:said|says|wrote|writes|shouted"
    r"|yelled|screamed|told|threatened"
    r"|muttered|tweeted|posted|allegedly)|threatened to|accused of|(?:said|wrote|shouted|yelled|read|reads"
    r"|saying|told (?:me|us|him|her|them))"
    r"[:,]? ?[\"']?)\b[^.!?]{0,40}$"
)
_DENIED = re.compile(
    r"(?:\b(?:not|never|no|isn't|aren't|wasn't|don't|doesn't|didn't|won't|wouldn't|shouldn't|can't|cannot"
    r"|none|without|hardly|stop"
    r"|(?:nobody|no one)(?: \w+)? (?:wants|should|said|says|called|calls|is|was|will|would|can|could|must"
    r"|deserves)|wrong to"
    r"|instead of|rather than|refuse to|refused to|myth that|false that|untrue that|\w+n't)\b)[^.!?;,]{0,40}$"
)
_NOT_DENYING = re.compile(
    r"\b(?:don't|do not|doesn't) (?:be|give|mess|fuck|you)\b|\bif you (?:don't|do not)\b|\bwhy (?:don't"
    r"|not)\b|\bno,|\bnot only\b|\bcan't (?:believe|wait|stand)\b"
)
_HELP = re.compile(
    r"\b(?:hotline|helpline|lifeline|prevention|prevent|support|samaritans|therap(?:y|ist)|counsell?(?:or"
    r"|ing|ling)|988|reach out|crisis"
    r"|if you (?:are|feel|ever feel|have)|warning signs|patients?|clinic(?:al|ian)?|symptoms?|psychiatr\w+"
    r"|risk of|study|studies|research)\b"
)
_GAME = re.compile(
    r"^(?: \w+)? ?(?:at|in) (?:chess|the (?:game|race|match|finals?|debate|next round)|tennis|poker"
    r"|mario kart|fortnite|this game|court|cards|go|checkers|the end)\b|^ (?:to it|with kindness|softly"
    r"|with love|a favou?r|some slack|in half the time|off guard)\b"
)
_LAUGH = re.compile(
    r"^(?: \w+)? ?(?:of|from|with|for) (?:laughter|laughing|embarrassment|shame|boredom|hunger|thirst"
    r"|curiosity|joy|cuteness|a)\b|^ (?:laughing|peacefully|happy|right|tired|wrong|serious|for (?:a|that"
    r"|this))\b"
)

_RETOLD = re.compile(
    r"\b(?:treated|called|seen|considered|labell?ed|described|compared|portrayed|targets?|targeted"
    r"|victims?|stereotypes?|against"
    r"|accused|tired of being|affected|fight(?:ing)?|anti|crimes?|not|n't|never|hardly|neither)\b|n't "
)
_OWN = re.compile(
    r"\b(?:my|me and my|fellow|we(?:'re| are)|i'm|i am|being|us|proud|real|day one"
    r"|myself)(?: [\w']+){0,2} $|^s?(?: [\w']+){0,4} (?:and )?(?:proud|pride|like me|my ways)\b"
)

_DENIABLE = frozenset({Category.INSULT, Category.THREAT, Category.HATE, Category.SELF_HARM})


def word_score(text: str, *, start: int, end: int, category: Category, level: Level) -> float:
    """Return how much a word of a lexicon weighs where it stands, 0 to 1."""
    before, after = _around(text, start, end)
    score = _BASE[level]
    if category is Category.HATE and (_OWN.search(before) or _OWN.search(after)):
        score *= _LESS
    elif level in {Level.MILD, Level.AIMED} and category in {Category.INSULT, Category.OBSCENITY, Category.HATE}:
        score = _aimed(score, before, after, category=category, level=level)
    elif level is Level.PLAIN and category is Category.INSULT and _SELF.search(before):
        score = _BASE[Level.MILD]
    return score * _damping(before, after, category, is_deniable=category in {Category.INSULT, Category.THREAT})


def phrase_score(text: str, *, start: int, end: int, category: Category, score: float) -> float:
    """Return how much a phrase weighs where it stands, `score` where nothing speaks for it."""
    before, after = _around(text, start, end)
    if category is Category.THREAT and (_GAME.search(after) or _LAUGH.search(after)):
        return 0.0
    if category is Category.SELF_HARM:
        if _LAUGH.search(after):
            return 0.0
        if _HELP.search(before) or _HELP.search(after):
            score *= _LESS
    if category is Category.HATE and _RETOLD.search(text[start:end]) and not _is_wish(text[start:end]):
        score *= _LESS
    if category in {Category.THREAT, Category.INSULT} and _denies(text[start:end] + " ", of=category):
        score *= _LESS
    return score * _damping(before, after, category, is_deniable=True)


def _aimed(score: float, before: str, after: str, *, category: Category, level: Level) -> float:
    if _SELF.search(before):
        return score * _LESS
    if _AIM_YOU.search(before):
        return _AIMED_SCORE
    if category is Category.OBSCENITY or level is Level.AIMED:
        return score
    is_called = _VOCATIVE.search(before) and _CALLED.search(after)
    is_aimed = is_called or _AIM_LOOSE.search(before) or _AIM_OTHER.search(before) or _AIM_AFTER.search(after)
    return _AIMED_SCORE if is_aimed else score


def _damping(before: str, after: str, category: Category, *, is_deniable: bool) -> float:
    if _is_quoted(before, after) or _MENTION.search(before) or _MENTION.search(after) or _REPORTED.search(before):
        return _LESS
    if is_deniable and category in _DENIABLE and _denies(before, of=category):
        return _LESS
    return 1.0


def _denies(before: str, *, of: Category) -> bool:
    """Whether the end of a text takes back what follows; `not` within a hateful wish is part of the wish."""
    found = _DENIED.search(before)
    if found is None or _NOT_DENYING.search(before):
        return False
    return (
        of is not Category.HATE
        or re.search(r"\b(?:i|we|you|nobody|no one|wrong|myth|false|stop|never)\b", before) is not None
    )


def _is_wish(inside: str) -> bool:
    """Whether a sentence that says not denies a group something, rather than that it is bad."""
    return (
        re.search(
            r"\bnot (?:human|be|belong|deserve|exist|vote|count|apply|worth)|n't (?:belong|deserve|be|have)"
            r"|\bno (?:place|space|right|value)|can't stand|cannot stand|never trust",
            inside,
        )
        is not None
    )


def _is_quoted(before: str, after: str) -> bool:
    """Whether a quotation is open before and closed after."""
    if '"' in before and '"' in after:
        return before.count('"') % 2 == 1
    return (
        re.search(r"(?:^|[ (:,])'[^']*$", before) is not None
        and re.search(r"^[^']*'(?:[ ).,;:!?]|$)", after) is not None
    )


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    return text[max(0, start - _WINDOW) : start], text[end : end + _WINDOW]
