"""Texts of which it is known whether, and how, they hurt; and texts that only look as if they did."""

import random
from dataclasses import dataclass

from textnlp.domain.texts.toxicity.model import Category

_SWEARS = ("fuck", "shit", "bullshit", "motherfucker")
_NAMES = ("asshole", "moron", "dickhead", "bitch", "scumbag", "idiot", "wanker", "dumbass", "loser", "cunt")
_GROUPS = ("Muslims", "immigrants", "gay people", "black people", "Jews", "trans people", "disabled people", "women")
_SLURS = ("faggots", "wetbacks", "kikes", "retards", "gooks", "trannies")
_THINGS = ("the invoice", "the update", "that meeting", "the new office", "this printer", "our timetable")
_PLACES = ("at the station", "after lunch", "on Monday", "in the second half", "near the market", "before the call")

_SEEN_TOXIC: dict[Category, tuple[str, ...]] = {
    Category.OBSCENITY: (
        "Oh for {swear}'s sake, {thing} again.",
        "{swear}! I forgot {thing} {place}.",
        "Honestly I do not give a {swear} about {thing}.",
        "{thing} is complete {swear} and everyone {place} knows it.",
    ),
    Category.INSULT: (
        "Listen, {name}, nobody asked you about {thing}.",
        "Only a {name} like you would bring up {thing} {place}.",
        "Your brother turned out to be a right {name} {place}.",
        "What a {name} you are, keep {thing} to yourself.",
    ),
    Category.THREAT: (
        "Mention {thing} once more and I will kill you.",
        "I swear I'll stab him if he turns up {place}.",
        "We are going to burn your house down, wait and see.",
        "Somebody should shoot her {place}.",
        "I know where you live, so forget {thing}.",
        "Keep talking and I'm gonna smash your face {place}.",
    ),
    Category.HATE: (
        "I honestly can't stand {group}, keep them away from {thing}.",
        "{group} are nothing but parasites.",
        "Let's get rid of all {group}, they ruined {thing}.",
        "{group} do not belong here and should be deported.",
        "Those {slur} were {place} again.",
    ),
    Category.SEXUAL: (
        "Send nudes {place} and forget {thing}.",
        "She gave him a blowjob {place}.",
        "I want to lick your pussy {place}.",
        "Come here and suck my dick.",
    ),
    Category.SELF_HARM: (
        "Nobody cares about {thing}, just go hang yourself.",
        "Please kill yourself, then talk about {thing}.",
        "I cut myself again {place} and I don't want to live.",
        "Do everyone a favour and drink bleach.",
    ),
}
_SEEN_HARMLESS: dict[str, tuple[str, ...]] = {
    "inside words": (
        "The class from Scunthorpe assessed {thing} {place}.",
        "Mr Hancock and Ms Dickinson passed the cockpit test in Penistone {place}.",
        "A cocktail of shiitake and bass was served {place} in Essex.",
        "The assassin in the classic novel embarrassed the titular peacock.",
        "Analysts assume that the assets therapist Matsushita bought are sussed out.",
    ),
    "medicine": (
        "The patient reports anal bleeding and pain in the penis {place}.",
        "A breast examination and a vaginal swab were done {place}.",
        "Erectile dysfunction and rectal cancer were ruled out {place}.",
        "The nurse asked about sexual health, nipples and discharge {place}.",
    ),
    "quotation": (
        'The witness said he had shouted "I will kill you" {place}.',
        'They called him a "stupid idiot" {place}, and the school apologised.',
        'The word "faggot" is a slur that the guide tells writers to avoid.',
        "The report quotes the graffiti: 'fuck off'.",
    ),
    "denial": (
        "You are not an idiot, {thing} is just confusing.",
        "I would never call her a bitch, whatever happened {place}.",
        "Nobody here wants to hurt you.",
        "It is wrong to say that {group} are criminals.",
    ),
    "identity": (
        "My neighbours are {group}, and we met {place}.",
        "Many {group} work on {thing} {place}.",
        "{group} have the same rights as everybody else.",
        "I am gay, she is a lesbian, and our friend is a Muslim woman.",
        "A museum about the history of {group} opened {place}.",
        "As a queer black woman I love {thing}.",
    ),
    "idiom": (
        "Kill the process and restart {thing} {place}.",
        "That joke killed me, I was dying of laughter {place}.",
        "We will crush them in the final, and beat you at chess {place}.",
        "Take a shot at {thing}, it is a piece of cake.",
        "The execution of {thing} was aborted by a dead man's switch.",
        "He stabbed at his salad and murdered the song {place}.",
    ),
    "help": (
        "If you feel that you want to die, call a helpline or talk to a doctor.",
        "Our programme for suicide prevention trains staff {place}.",
        "Therapists ask patients whether they think of killing themselves.",
    ),
    "other meanings": (
        "The Maine Coon and the great tit slept {place}.",
        "There is a chink in the armour of {thing}.",
        "Run git push, then merge {thing}.",
        "She pricked her finger on a hoe in the garden {place}.",
        "The donkey, or ass, carried {thing} {place}.",
        "He graduated magna cum laude {place}.",
    ),
    "plain": (
        "Please send {thing} {place}.",
        "I was unhappy with {thing}, and the refund took two weeks.",
        "The trash is collected {place}, the garbage truck is loud.",
        "What a lovely surprise, thank you for {thing}.",
        "The service {place} was bad, and the soup was cold.",
    ),
}
_HELD_OUT_TOXIC: dict[Category, tuple[str, ...]] = {
    Category.OBSCENITY: (
        "Who the {swear} moved {thing} {place}?",
        "My day was ruined by {swear} like {thing}.",
        "No {swear}, Sherlock, {thing} is late.",
        "Get this {swear} off my desk {place}, please.",
    ),
    Category.INSULT: (
        "My boss is a {name}, and {thing} proves it.",
        "Shut it, you absolute {name}.",
        "Why are you being such a {name} {place}?",
        "Thanks for nothing, {name}.",
        "You really are the dumbest person I met {place}.",
    ),
    Category.THREAT: (
        "Come {place} again and you are a dead man.",
        "I will hunt you down and break every bone in your body.",
        "He deserves to be shot for {thing}.",
        "I hope your whole family dies {place}.",
        "One of these days I will strangle that woman {place}.",
        "You will pay for {thing} with your blood.",
    ),
    Category.HATE: (
        "The problem {place} is that {group} are criminals.",
        "Send all the {group} back where they came from.",
        "Nothing disgusts me more than {group} {place}.",
        "{group} should be locked up {place}.",
        "I wouldn't hire {slur} for {thing}.",
        "This country was better before {group} infested it.",
    ),
    Category.SEXUAL: (
        "He kept asking me for dick pics {place}.",
        "Spread your legs and let me cum inside you.",
        "Watch this slut get gangbanged {place}.",
        "Her tits and her wet pussy are all he thinks about {place}.",
    ),
    Category.SELF_HARM: (
        "Why don't you just kill yourself {place}?",
        "The world would be better off without you.",
        "I have the pills ready and I am going to end my life {place}.",
        "Go jump off a bridge with {thing}.",
    ),
}
_HELD_OUT_HARMLESS: dict[str, tuple[str, ...]] = {
    "inside words": (
        "The Sussex constable at Cockermouth assembled a bassoon {place}.",
        "Mass, grass and glass were passed to Mrs Clapshaw {place}.",
        "The sextant and the titanium hitch were in Hitchcock's cassette {place}.",
        "Snigger if you like, but the raccoon and the mishit ball were real.",
    ),
    "medicine": (
        "Penile and vulvar lesions were examined by a urologist {place}.",
        "Sperm count, ejaculation and libido were normal {place}.",
        "Mammary tissue, the anus and the scrotum showed no abnormality.",
        "She has breast cancer and started treatment {place}.",
    ),
    "quotation": (
        'A player shouted "you bastard" {place} and got a red card.',
        "The song has the line 'motherfucker' and was bleeped on air.",
        'The lexicon marks the term "retard" as offensive.',
        'Prosecutors say that he wrote "I am going to shoot you" to the mayor.',
    ),
    "denial": (
        "He isn't a moron, he just needs time with {thing}.",
        "We do not want to hurt them.",
        "She never said that {group} are stupid.",
        "Please stop calling people losers.",
    ),
    "identity": (
        "Support groups for {group} meet {place}.",
        "Discrimination against {group} is against the law.",
        "{group} were interviewed about {thing} {place}.",
        "The lesbian couple and the Jewish baker talked {place}.",
        "Hate crimes against {group} rose last year.",
    ),
    "idiom": (
        "This heat is killing me, and my feet are dead.",
        "Shoot me an e-mail about {thing} {place}.",
        "She nailed the talk, blew up the photo, and hit the books {place}.",
        "He would kill for a coffee {place}.",
        "We bombed at the box office but slayed {place}.",
        "The child process was killed by its parent {place}.",
    ),
    "help": (
        "The crisis line helps people who think about suicide {place}.",
        "Self-harm is common among teenagers, the study found.",
        "If someone says that they want to end their life, take it seriously.",
    ),
    "other meanings": (
        "The rooster, an old cock, crowed {place}.",
        "The vet looked at the bitch and her six puppies {place}.",
        "A pussy willow grew by the dyke along the river.",
        "Use a flame retardant and a prick of glue for {thing}.",
        "Moby Dick and Philip K. Dick are on the shelf.",
        "Turn the knob, then strap on your helmet.",
    ),
    "plain": (
        "Could you forward {thing} to the team {place}?",
        "The film is dark, violent and sad, yet worth seeing.",
        "I disagree with you about {thing}, and here is why.",
        "The dog is fat, the cow is sick, and the rat escaped {place}.",
        "Nothing went well {place}, and I hated the food.",
    ),
}
_LEET = {"a": "4", "e": "3", "i": "1", "o": "0", "s": "5"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledText:
    """A text, the category of harm in it, None where there is none, and the kind of its sentence."""

    text: str
    category: Category | None
    kind: str


def labelled_texts(count: int, *, seed: int, is_held_out: bool = False) -> list[LabelledText]:
    """Return texts, half of them toxic; of those with a swear word or name in them, a third is disguised.

    The sentences of those held out are others, after which nothing was changed in the method.
    """
    draw = random.Random(seed)
    toxic, harmless = (_HELD_OUT_TOXIC, _HELD_OUT_HARMLESS) if is_held_out else (_SEEN_TOXIC, _SEEN_HARMLESS)
    made: list[LabelledText] = []
    for number in range(count):
        if number % 2:
            kind = draw.choice(sorted(harmless))
            made.append(LabelledText(text=_filled(draw.choice(harmless[kind]), draw), category=None, kind=kind))
        else:
            category = draw.choice(sorted(toxic))
            text = _filled(draw.choice(toxic[category]), draw)
            made.append(LabelledText(text=text, category=category, kind=category.value))
    return made


def disguised(word: str, draw: random.Random) -> str:
    """Return a word with digits for letters, letters repeated, masked or spaced out."""
    match draw.randrange(4):
        case 0:
            return "".join(_LEET.get(letter, letter) if place else letter for place, letter in enumerate(word))
        case 1:
            return word.replace(word[-2], word[-2] * 4, 1)
        case 2:
            return word[0] + "*" + word[2:]
        case _:
            return " ".join(word)


def _filled(sentence: str, draw: random.Random) -> str:
    def word(words: tuple[str, ...], *, is_hidden: bool = False) -> str:
        chosen = draw.choice(words)
        return disguised(chosen, draw) if is_hidden and not draw.randrange(3) else chosen

    told = sentence.format(
        swear=word(_SWEARS, is_hidden=True),
        name=word(_NAMES, is_hidden=True),
        group=word(_GROUPS),
        slur=word(_SLURS),
        thing=word(_THINGS),
        place=word(_PLACES),
    )
    return told[0].upper() + told[1:]
