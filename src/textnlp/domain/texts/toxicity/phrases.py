"""Harm that is said in words which are harmless by themselves: threats, contempt for groups, calls to hurt oneself.

English alone; other languages have such phrases in their lexicons. Who belongs to a group is never harm by itself: what is
found is a group together with what is said of it. The expressions are for folded texts, and of the syntax that Rust's and
Python's have in common.
"""

from dataclasses import dataclass

from textnlp.domain.texts.toxicity.model import Category

_KIND = (
    r"(?:gay|lesbian|trans|transgender|bisexual|queer|black|white|brown|asian|african|arab|jewish|muslim|islamic|christian|hindu"
    r"|disabled|autistic|deaf|blind|old|elderly|poor|homeless|fat|foreign|chinese|mexican|indian|latino|romani|native|polish|russian"
    r"|african american|gypsy|immigrant|female|coloured|colored)"
)
_GROUP = (
    rf"(?:{_KIND} (?:people|persons?|folks?|men|women|man|woman|guys?|girls?|kids?|child|children|communit(?:y|ies)|lives)"
    r"|gays|lesbians?|homosexuals?|transsexuals?|transgenders|blacks|whites|asians?|africans?|arabs?|jews?|muslims?|christians?"
    r"|catholics?|hindus?|sikhs?|buddhists?|atheists?|mexicans?|indians|pakistanis?|latinos?|hispanics?|immigrants?|migrants?"
    r"|refugees?|foreigners?|asylum seekers?|women|woman|females?|feminists?|men|the disabled|cripples?|gypsies|gypsy|roma|queers"
    r"|poles|russians|turks|nigerians|somalis|israelis|palestinians)(?: like (?:you|them|that|her|him|these))?"
)
_DET = (
    r"(?: (?:all|any|every|every single|each|those|these|the|you|other|others|such|so many|too many|of|being|around|a|an|another|more"
    r"|fucking|damn|dirty|the next|some|for|towards?|by|with|to|at|even|most|kinds?))"
)
_DEGREE = (
    r"(?: (?:all|just|only|really|truly|absolutely|simply|always|fucking|goddamn|damn|bloody|literally|nothing but|no better than"
    r"|worse than|like|such|so|a|an|the|bunch of|bunch|complete|total|utter|filthy|dirty|disgusting|lazy|worst|kind of|most|as))"
)
_CONTEMPT = (
    r"(?:vermin|scum|rats|parasites?|cockroach(?:es)?|insects?|pests?|sub-?humans?|disgusting|repulsive|repugnant|sickening|vile"
    r"|despicable|abhorrent|revolting|filth|filthy|trash|garbage|inferior|lesser|diseased|worthless|stupid|dumb|retarded|evil"
    r"|savages?|monkeys?|apes?|pigs|dogs|dirty|terrorists?|rapists?|criminals|thieves|freaks?|abominations?|perverts?|pedophiles?"
    r"|degenerates?|leeches|lazy|primitive|uncivili[sz]ed|brainless|dishonest|mentally ill|sinful|unnatural|liars|scumbags?|idiots?"
    r"|morons?|useless|cowards?|whores|sluts|bitches|invaders|ass?holes|dickheads|shit|pieces of shit|the worst|not human|ignorant)"
)
_ALIKE = (
    r"(?:plague|disease|cancer|virus|threat|burden|trouble|animals?|waste|weak|toxic|the enemy|liability|curse|stain|mistake|joke"
    r"|nothing|infestation)"
)
_FATE = (
    r"(?:die|go back|get out|leave|burn|rot|suffer|disappear|be (?:killed|shot|exterminated|deported|wiped|gassed|hanged|hung|locked"
    r"|banned|burn(?:ed|t)|sterili[sz]ed|eliminated|removed|eradicated|lynched|beaten|stoned|put down|put in|sent back|kicked out"
    r"|raped|punished|castrated|ashamed|segregated|slaughtered|whipped|executed|murdered|kept out)|not (?:be allowed|exist|vote|live"
    r"|breed|have (?:children|kids|rights))|know (?:their|your) place|shut up|stay in the kitchen)"
)
_WISH = (
    r"\b(?:(?:i|we)(?:'ll| will|'m going to|'m gonna|'m about to| am going to| am gonna| gonna|'re going to|'re gonna| are going to"
    r"| are gonna| want to| wanna|'d love to| would love to|'d like to| would like to| swear i'll| swear i will| should(?: just)?"
    r"| hope to| plan to| intend to|'m coming to| am coming to| will personally| will literally)|ill|imma|im gonna|im going to"
    r"|(?:someone|somebody) (?:should|needs to|has to|ought to|will|please))"
)
_SOMEBODY = (
    r"(?:you|u|ya|him|her|them|y'all|everyone|everybody|all of (?:you|them)|you all|every (?:last )?one of (?:you|them)"
    r"|(?:your|his|her|their|ur) (?:\w+ )?(?:family|kids?|children|mother|mom|mum|wife|husband|daughter|son|sister|brother|house|dog"
    r"|throats?|faces?|heads?|necks?|legs?|arms?|skulls?|teeth|guts|brains?)|(?:that|this|the|those|these)(?: \w+)?"
    r" (?:bitch|bastard|man|woman|guy|guys|girl|teacher|boss|people|family|politician|president|judge|cop|cops|clown|idiots?|scum))"
)
_KILL = (
    r"(?:kill|murder|shoot|stab|strangle|slaughter|rape|gut|torture|drown|poison|execute|behead|skin|lynch|hunt|strangle|decapitate"
    r"|assassinate|choke|slit|blow up|bury|burn|hang|bash|maim|cripple|dismember|set fire to)"
)
_HIT = r"(?:beat(?: up| the (?:shit|crap|hell) out of)?|smash|punch|hurt|break|destroy|cut|crush|end|knock out|kick|slap|whip|ruin)"
_OTHERS = r"(?:you|he|she|they|(?:your|his|her|their) \w+|all of you|every one of you|that \w+|this \w+|these \w+)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """An expression, and how surely what it finds does harm, 0 to 1."""

    category: Category
    score: float
    expression: str


def _phrase(category: Category, score: float, expression: str) -> Phrase:
    return Phrase(category=category, score=score, expression=expression)


PHRASES: tuple[Phrase, ...] = (
    _phrase(Category.THREAT, 0.9, rf"{_WISH}(?: \w+)?(?: find (?:you|u|him|her|them) and)? {_KILL} {_SOMEBODY}\b"),
    _phrase(Category.THREAT, 0.7, rf"{_WISH}(?: \w+)? {_HIT} {_SOMEBODY}\b"),
    _phrase(Category.THREAT, 0.9, rf"{_WISH} (?:put a bullet|put a knife|shove a knife) (?:in|through|into) \w+"),
    _phrase(Category.THREAT, 0.9, r"\b(?:blow|bash|beat|smash)(?:ing)? (?:your|his|her|their|ur) (?:fucking )?(?:brains?|heads?|skulls?)"),
    _phrase(Category.THREAT, 0.8, r"\b(?:slit|cut|slash)(?:ting)? (?:your|his|her|their|ur) (?:throats?|wrists?|face)\b"),
    _phrase(Category.THREAT, 0.9, rf"{_WISH} (?:blow up|bomb|shoot up|burn down) (?:the|your|this|that|our) \w+"),
    _phrase(Category.THREAT, 0.8, r"\b(?:i|we) know where (?:you|u|your \w+|he|she|they) (?:lives?|works?|sleeps?|goe?s? to school)\b"),
    _phrase(Category.THREAT, 0.7, r"\b(?:watch your back|sleep with one eye open|your days are numbered|you won't live to see|you are next on my list)\b"),
    _phrase(Category.THREAT, 0.7, r"\b(?:you're|you are|ur|he's|she's|they're) (?:a )?(?:fucking )?dead(?: man| woman| meat| to rights)?(?:[.!,]|$| when i| if you| if i)"),
    _phrase(Category.THREAT, 0.7, r"\b(?:you'll|you will|you're going to|you are going to|you're gonna) (?:die|regret (?:this|it|that|ever)|pay for (?:this|it|that|what)|bleed|burn in hell|be sorry)\b"),
    _phrase(Category.THREAT, 0.8, rf"\b{_OTHERS} (?:really |all |fucking )?(?:deserves? to|needs? to|should|ought to|must) (?:all |just |really )?(?:be (?:shot|killed|hanged|hung|raped|stabbed|beaten|murdered|executed|tortured|put down|burned|burnt)|bleed)\b"),
    _phrase(Category.THREAT, 0.8, rf"\b(?:i|we) (?:really |honestly |just )?(?:hope|pray|wish|can't wait until|can't wait till) {_OTHERS} (?:all |would |fucking |just |slowly )?(?:dies?|get cancer|gets cancer|rots?|suffers?|burns?|chokes?|get raped|gets raped|gets? (?:hit|shot|killed|stabbed|run over)|drop dead|drops dead)\b"),
    _phrase(Category.THREAT, 0.8, r"\b(?:i|we) (?:want|need) (?:you|him|her|them|all of you|all of them) dead\b"),
    _phrase(Category.THREAT, 0.7, r"\b(?:drop dead|rot in hell|burn in hell|choke on it and die|hope you choke|i'll make you (?:pay|suffer|bleed|beg))\b"),
    _phrase(Category.SELF_HARM, 0.95, r"\b(?:kill|hang|off|drown|shoot|neck|burn|cut) (?:yourself|yourselves|urself|ur self|yo self)\b"),
    _phrase(Category.SELF_HARM, 0.9, r"\b(?:go|just|please|should|could) (?:just )?(?:die|drink bleach|jump off a (?:bridge|cliff|building|roof)|end your(?: own)? life|slit your wrists|hang yourself|commit suicide|play in traffic|eat a bullet|drop dead)(?: in a fire| alone| slowly| already|\b)"),
    _phrase(Category.SELF_HARM, 0.9, r"\bdo (?:us|me|everyone|everybody|the world|humanity)(?: all)? a favou?r and (?:just )?(?:die|kill|end|jump|disappear|drink|hang|shoot|stop breathing)\b"),
    _phrase(Category.SELF_HARM, 0.9, r"\b(?:the world|everyone|everybody|we)(?: would|'d) be (?:so much |much |far )?(?:better|happier)(?: off)? (?:without you|if you (?:were dead|died|killed|never existed))"),
    _phrase(Category.SELF_HARM, 0.7, r"\b(?:i|i'm|i am|im)(?: \w+){0,3} (?:to|gonna|wanna|of) (?:die|kill(?:ing)? myself|end(?:ing)? (?:my (?:own )?life|it all)|cut(?:ting)? myself|hurt(?:ing)? myself|hang(?:ing)? myself|commit(?:ting)? suicide)\b"),
    _phrase(Category.SELF_HARM, 0.7, r"\b(?:i (?:cut|hurt|burn) myself (?:again|every|to|on purpose)|i wish i (?:was|were) dead|i don't want to (?:live|be alive|exist|wake up)|i can't (?:go on|live) any ?(?:more|longer)|life isn't worth living|better off dead)\b"),
    _phrase(Category.HATE, 0.9, rf"\b(?:hate|despise|loathe|detest|abhor|can't stand|cannot stand|disgusted by|sick of|fed up with|tired of|disgust|hatred|contempt|disdain|rage){_DET}* {_GROUP}\b"),
    _phrase(Category.HATE, 0.9, rf"\b{_GROUP}(?: (?:in|from|of|who|with) \w+(?: \w+)?)?(?: are|'re| is| r)(?: \w+){{0,4}}? {_CONTEMPT}\b"),
    _phrase(Category.HATE, 0.9, rf"\b{_GROUP}(?: (?:in|from|of|who|with) \w+(?: \w+)?)?(?: are|'re| is| r){_DEGREE}* {_ALIKE}\b"),
    _phrase(Category.HATE, 0.9, rf"\b(?:find|think|consider|call|believe)(?: that)?{_DET}* {_GROUP}(?: to be| are)? {_CONTEMPT}\b"),
    _phrase(Category.HATE, 0.9, rf"(?:\b(?:we (?:should|must|need to|have to|ought to|will)|i(?:'ll| will| want to| wanna|'m going to| am going to)|let's|let us|just|please|go|can we|how about we)(?: \w+)?|^|[.!?] ?|\b(?:hopefully|now|time to)) (?:kill|exterminate|gas|hang|shoot|deport|wipe out|burn|lynch|get rid of|eradicate|slaughter|eliminate|bomb|murder|rape|beat up|attack|hunt|castrate|sterili[sz]e|punch|stab|stone|execute|torture|hurt|end|put an end to|round up|cut){_DET}* {_GROUP}\b"),
    _phrase(Category.HATE, 0.9, rf"\b(?:kill|exterminate|gas|hang|shoot|deport|wipe out|burn|lynch|get rid of|eradicate|slaughter|murder|fuck|screw)(?: (?:all|every|every single|each and every|all of)) (?:the |these |those |of |you |last |fucking )*{_GROUP}\b"),
    _phrase(Category.HATE, 0.9, rf"\b{_GROUP}(?: [\w']+){{0,2}} (?:should|must|deserves? to|needs? to|ought to|have to|can) (?:all |just |really |never )*{_FATE}\b"),
    _phrase(Category.HATE, 0.9, rf"\b{_GROUP} (?:don't|do not|doesn't|shouldn't|should not|never|can't|cannot) (?:really )?(?:belong|deserve to (?:live|exist|vote|be (?:here|free|treated))|deserve (?:rights|respect|any)|be (?:allowed|trusted)|have (?:any )?rights|count as|contribute|matter)"),
    _phrase(Category.HATE, 0.9, rf"\b{_GROUP} (?:have|has|got) no (?:place|right|rights|value|business|soul|brain|morals|dignity|honou?r)\b"),
    _phrase(Category.HATE, 0.9, rf"\b(?:no (?:space|place|room|compassion|respect|sympathy|rights?)|nothing worse|never trust|human rights should not)(?: \w+){{0,6}}? (?:for|to|than|in|by)(?: any| a| an| the| these| those| all)* {_GROUP}\b"),
    _phrase(Category.HATE, 0.9, rf"\btypical (?:of )?(?:a |an |for )?{_GROUP}\b(?: to be| behaviou?r)"),
    _phrase(Category.HATE, 0.9, rf"\b{_GROUP} (?:all |can all |can |should |should all )?(?:fuck off|go fuck)"),
    _phrase(Category.HATE, 0.9, rf"\b(?:those|these|you|all)(?: \w+)? {_GROUP}(?: \w+){{2,6}} (?:they're|they are)(?: \w+){{0,2}}? {_CONTEMPT}\b"),
    _phrase(Category.HATE, 0.8, rf"\b{_GROUP} (?:are|is|have|keep)(?: been)? (?:ruin(?:ing|ed)|destroy(?:ing|ed)|tak(?:ing|en) over|invad(?:ing|ed)|infest(?:ing|ed)|poison(?:ing|ed)|stealing our|corrupting|polluting)"),
    _phrase(Category.HATE, 0.8, rf"\b(?:dirty|filthy|disgusting|stupid|vile|subhuman|fucking|worthless|evil|greedy|lazy|damn|bloody|goddamn|smelly|degenerate|ugly|nasty|inferior) {_GROUP}\b"),
    _phrase(Category.HATE, 0.8, rf"\b(?:no|fuck|fuck all|death to|down with|screw) (?:the |all |you |those |these )?{_GROUP}\b(?:[.!]|$| allowed)"),
    _phrase(Category.HATE, 0.8, rf"\b{_GROUP}(?: \w+){{0,2}} (?:make|makes|disgust|disgusts) (?:me|us|everyone)(?: (?:sick|vomit|puke|want to vomit|angry))?"),
    _phrase(Category.HATE, 0.8, r"\bgo back to (?:your (?:own |fucking |shithole )?country|africa|mexico|where you (?:came|come) from|the kitchen|your shithole)"),
    _phrase(Category.HATE, 0.8, rf"\bwe (?:don't want|do not want|don't need|should not (?:allow|tolerate|respect|let)|must (?:stop|remove|expel|fight)|need to (?:stop|remove|expel|fight|get rid of))(?: any| any more| all| these| those| more| the)* {_GROUP}\b"),
    _phrase(Category.SEXUAL, 0.8, r"\b(?:i|i'm|we)(?: [\w']+){0,3} (?:bang|screw|pound|bone|lick|undress|fondle|grope|have sex with|sleep with|make love to) (?:you|u|your (?:\w+ )?(?:body|ass|tits|pussy|breasts|mom|mum|mother|wife|sister|daughter))\b"),
    _phrase(Category.SEXUAL, 0.8, r"\b(?:show|send|give) (?:me|us) (?:your|ur|some|a pic(?:ture)? of your) (?:\w+ )?(?:boobs|tits|pussy|nudes?|naked|ass|breasts|cock|dick|bra|panties|head)"),
    _phrase(Category.SEXUAL, 0.8, r"\b(?:my|your|his|her) (?:\w+ )?(?:throbbing|dripping|hard|wet|erect|naked) (?:\w+ )?(?:cock|dick|pussy|member|body|breasts|shaft|slit)\b"),
    _phrase(Category.INSULT, 0.7, r"\b(?:nobody|no one) (?:likes|loves|wants|cares about) you\b"),
    _phrase(Category.INSULT, 0.7, r"\b(?:you|your (?:mother|mom|mum|whole family))(?:'re| are|r|'s| is) (?:so |such |really |the |just |nothing but |a |an |as |about )*(?:(?:dumb|stupid|ugly|fat|thick|useless)(?: as|,|[.!]| that)|brain of a|disgrace to|waste of|absolute disgrace|joke of a)"),
    _phrase(Category.INSULT, 0.7, r"\b(?:get a life,? (?:you|loser)|what(?:'s| is) wrong with you,? you|are you (?:\w+ )?(?:stupid|retarded|dumb|brain ?dead|an idiot|a moron)|how (?:stupid|dumb|thick) (?:are|can) you)\b"),
)
"""Everything that is looked for beside the words of the lexicons."""
