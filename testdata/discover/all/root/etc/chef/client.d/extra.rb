start_handlers << Chef::Handler::Mailer.new(path: "/not/this/one")
report_handlers << Chef::Handler::JsonFile.new(path: ::File.join(ENV["HOME"], "reports"))
