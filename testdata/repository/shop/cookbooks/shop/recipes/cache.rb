log 'caching'
