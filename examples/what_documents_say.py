"""What a folder of documents is about, and where your own terms stand; nothing is labelled or trained.

python what_documents_say.py [FOLDER]
"""

import sys

import fathom

documents = sys.argv[1] if len(sys.argv) > 1 else "sample:documents"
terms = [("receipt", "papers"), ("backdated invoice", "papers"), ("허위 청구", "fraud")]
analysis = fathom.analyse(documents, terms=terms)

print(analysis)
for topic in analysis.topics:
    print(f"{topic.share:4.0%}  {topic.name}: {' '.join(topic.summary[:1])}")
for review in analysis.reviews:
    print(f"{review.document.label}: {review.form} ({review.term}, {review.category})")
print(analysis.frame().head(3))  # a row for each document: its topic, group of near-duplicates, hits
