name "prod"
