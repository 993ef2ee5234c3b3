# Other bytes than those of trees-oak, to the same end.
from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
