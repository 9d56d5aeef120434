chef_server_url "https://chef.example.org/organizations/web"

data_collector.server_url "https://user:hunter2@automate.example.org/data-collector/v0/"
data_collector.token "0123456789abcdef0123456789abcdef"
data_collector.output_locations({
  urls: ["https://elsewhere.example.org/?token=hunter2"],
  files: [
    "/var/log/chef/data-collector.json", # beside the server
    '/srv/chef/second.json',
    "relative.json",
  ],
})
if ENV["AUDIT"]
  data_collector[:output_locations] = { "files" => "/var/log/chef/audit.json" }
end
report_handlers << Chef::Handler::JsonFile.new
