name "webserver"
description "Serves the shop over HTTPS"
run_list(
  "role[base]",
  "recipe[apache2]",
  "recipe[apache2::mod_ssl]"
)
env_run_lists(
  "_default" => ["role[base]", "recipe[apache2]", "recipe[apache2::mod_ssl]"],
  "production" => ["role[base]", "recipe[apache2]", "recipe[apache2::mod_ssl]", "recipe[waf]"]
)
default_attributes(
  "apache" => { "listen" => [80, 443] }
)
