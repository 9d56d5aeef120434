data_collector.server_url "http://localhost:7342/data-collector"
data_collector.token "hunter2"
