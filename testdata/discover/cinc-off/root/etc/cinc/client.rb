log_location "/var/log/cinc/client.log"
