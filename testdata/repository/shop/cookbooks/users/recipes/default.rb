log 'accounts'
