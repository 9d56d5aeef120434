name "webserver"
description "Serves the shop over HTTPS"
env_run_lists(
  "_default" => ["role[base]", "recipe[apache2]", "recipe[apache2::mod_ssl]", "role[cache]"],
  "production" => ["role[base]", "recipe[apache2]", "recipe[apache2::mod_ssl]", "role[cache]", "recipe[waf]"],
  "staging" => ["role[base]", "recipe[apache2]", "role[cache]", "recipe[waf]"]
)
