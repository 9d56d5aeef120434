include_recipe "nginx::ssl"
