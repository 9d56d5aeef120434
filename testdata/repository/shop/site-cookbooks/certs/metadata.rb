name 'certs'
