name 'qa'
description 'before prod'
