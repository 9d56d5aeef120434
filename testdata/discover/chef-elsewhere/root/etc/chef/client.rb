data_collector do
end
data_collector[:server_url] = 'https://automate.example.org/data-collector/v0/?token=hunter2'
