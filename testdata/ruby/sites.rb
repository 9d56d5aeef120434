# Where calls stand.
include_recipe 'a'
include_recipe('b', "c::#{'d'}")
include_recipe node['x']
include_recipe 'e' if node['x']
case node['y']
when 'z' then include_recipe 'f'
else include_recipe 'g'
end
package 'h' do
  notifies :run, 'x'
  include_recipe 'i'
end
%w(j k).each { |r| include_recipe r }
def m
  include_recipe 'l' unless @x
end
run_context.include_recipe "m::#{x}"
self.include_recipe *%w(n o), *rest, &blk
x && include_recipe('p')
x ||= include_recipe('q')
begin
  include_recipe 'r'
rescue
  include_recipe 's'
ensure
  include_recipe 't'
end
class A; include_recipe 'u'; end
while x do include_recipe 'v' end
y = x ? include_recipe('w') : [include_recipe('x'), { a: include_recipe('y') }]
f(include_recipe('z'))
include_recipe
defined?(include_recipe)
include_recipe `ls`
