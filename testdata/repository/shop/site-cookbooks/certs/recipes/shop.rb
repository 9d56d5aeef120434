log 'of the shop'
