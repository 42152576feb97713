"""Answers that are none: refusals, talk about oneself, empty openings, and what was to be filled in."""

from collections.abc import Mapping

_REFUSAL = (
    r"(?:i(?:'m| am) (?:very |so |really )?sorry,? (?:but )?(?:i|as)\b.{0,40}?\b(?:can(?:'t|not)|am (?:not able|unable))"
    r"|(?:sorry|apologies),? (?:but )?i (?:can(?:'t|not)|am unable to|won't)"
    r"|i (?:can(?:'t|not)|am (?:not able|unable) to|won't be able to|must (?:decline|refuse) to|must respectfully decline)"
    r" (?:help|assist|comply|fulfil|provide|generate|create|write|answer|engage|produce|continue|do that|discuss)"
    r"|i (?:have to|must) decline (?:this|that|your|to)"
    r"|(?:es )?tut mir leid,? (?:aber )?(?:ich|dabei|als)|(?:ich kann (?:ihnen |dir )?(?:dabei|das|diese|damit).{0,30}nicht)"
    r"|je suis désolée?,? (?:mais )?(?:je ne peux|en tant)|je ne (?:peux|suis) pas (?:en mesure|vous aider|fournir|répondre)"
    r"|lo siento,? (?:pero )?(?:no puedo|como)|no puedo (?:ayudar|cumplir|proporcionar|responder|generar)"
    r"|(?:mi dispiace|desculpe|sinto muito|lamento),? (?:ma |mas )?(?:non posso|não posso|como)"
    r"|het spijt me,? (?:maar )?ik kan|przykro mi,? (?:ale )?nie mogę)"
)
_SELF = (
    r"(?:as an? (?:ai|artificial intelligence|(?:large )?language model|virtual assistant|chatbot)\b"
    r"|i(?:'m| am) (?:just |only )?an? (?:ai|artificial intelligence|(?:large )?language model)\b"
    r"|my (?:knowledge cut-?off|training data|programming)\b|i (?:don't|do not) have (?:personal|feelings|real-time|access to)"
    r"|als (?:ki|künstliche intelligenz|sprachmodell)\b|en tant qu[e'’](?:ia|intelligence artificielle|un modèle de langage)"
    r"|como (?:una? )?(?:ia|inteligencia artificial|modelo de lenguaje|modelo de linguagem)\b"
    r"|in quanto (?:ia|intelligenza artificiale|modello linguistico)|als (?:een )?(?:ai|taalmodel)\b)"
)
_OPENING = (
    r"^\W*(?:(?:sure|certainly|of course|absolutely|great question|okay|ok|alright)[,!.:]*\s+"
    r"(?:here(?:'s| is| are)|i(?:'d| would) be (?:happy|glad)|i can|let me|i'll|below)"
    r"|here(?:'s| is| are) (?:an?|the|your|some) [^.\n]{0,80}:\s*\n"
    r"|(?:natürlich|gerne|sicher)[,!.]+\s+hier (?:ist|sind)|(?:bien sûr|voici)[^.\n]{0,40}:\s*\n"
    r"|(?:claro|por supuesto)[,!.]+\s+aquí (?:está|tienes|están)|i hope this (?:helps|email finds))"
)
_UNFILLED = (
    r"(?:\[(?:your |the |insert |company |customer |product |recipient |sender )[a-z' ]{0,30}\]|\[(?:name|date|address|city"
    r"|company|email|phone(?: number)?|product|price|number|title|link|url|x+)\]|\{\{[^{}]{1,40}\}\}|<(?:your|insert)[^<>]{0,30}>"
    r"|lorem ipsum|\bTODO\b|\bTBD\b|\bXX+\b|_{4,}|\binsert (?:name|text|date) here\b)"
)
KINDS: Mapping[str, str] = {
    "refusal": f"(?is){_REFUSAL}",
    "self": f"(?i){_SELF}",
    "opening": f"(?i){_OPENING}",
    "unfilled": f"(?i){_UNFILLED}",
}
"""By kind, the expression that finds it: a refusal, talk of being a model, an opening that says nothing, what was to be filled in.

In English, and the common forms in German, French, Spanish, Italian, Portuguese, Dutch and Polish.
"""
