"""What tickets say, in the reader's language: templates of ours, or a company's own, and the catalogs that they are
told by. Takes plain views, and knows neither store nor tracker.
"""
