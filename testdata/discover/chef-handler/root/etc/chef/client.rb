chef_server_url  "https://chef.example.org/organizations/web"
node_name        "web-01"
file_cache_path  "/srv/cache"

# JsonFile.new(path: "/not/this/one")
require "chef/handler/json_file"
handler = Chef::Handler::JsonFile.new(:path => '/srv/reports')
report_handlers << handler
exception_handlers << handler
