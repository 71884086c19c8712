"""Each person's folder of documents: classes, versions, hashes, who viewed."""
