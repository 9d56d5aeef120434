name 'not-read-beside-json'
