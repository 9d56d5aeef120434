include_recipe node['shop']['worker_recipe']

def with_queue
  include_recipe 'shop::queue'
end
