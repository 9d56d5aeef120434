data_collector.output_locations = { files: ["/var/log/chef/#{node_name}.json"] }
