// @ts-nocheck
// Made by `npm run generate`; do not edit.
export const templates = {
  "caddy/Caddyfile": {"0":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\t"
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"1":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\t\tprotocols h1 h2 h3\n"
    + ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"earlyData"),{"name":"if","hash":{},"fn":container.program(2, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":11,"column":0},"end":{"line":14,"column":7}}})) != null ? stack1 : "");
},"2":function(container,depth0,helpers,partials,data) {
    return "\t\t# A recorded request could be sent again.\n\t\t0rtt off\n";
},"3":function(container,depth0,helpers,partials,data) {
    return "\t\t# No HTTP/3: it would need a UDP port of its own.\n\t\tprotocols h1 h2\n";
},"4":function(container,depth0,helpers,partials,data) {
    return "\t\t# A request for another name than that of its handshake could come in without the certificate that the name asks for.\n\t\tstrict_sni_host on\n";
},"5":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\t\t# These stand in front and tell for whom they ask: the last address in X-Forwarded-For that is none of theirs.\n"
    + ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(lookupProperty(depth0,"trust"),"note"),{"name":"if","hash":{},"fn":container.program(6, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":25,"column":0},"end":{"line":27,"column":7}}})) != null ? stack1 : "")
    + "\t\ttrusted_proxies static "
    + ((stack1 = container.lambda(container.strict(lookupProperty(depth0,"trust"), "ranges", {"start":{"line":28,"column":27},"end":{"line":28,"column":39}} ), depth0)) != null ? stack1 : "")
    + "\n\t\ttrusted_proxies_strict\n";
},"6":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\t\t# "
    + ((stack1 = container.lambda(container.strict(lookupProperty(depth0,"trust"), "note", {"start":{"line":26,"column":6},"end":{"line":26,"column":16}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"7":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n# The types of files: the same as on the other proxy, whatever else is on the machine.\n(edge_types) {\n\tmap {path} {edge_type} {\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"types"),{"name":"each","hash":{},"fn":container.program(8, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":38,"column":0},"end":{"line":40,"column":9}}})) != null ? stack1 : "")
    + "\t\tdefault \"\"\n\t}\n}\n";
},"8":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\t\t"
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"9":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda, alias3=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n# "
    + ((stack1 = alias2(alias1(depth0, "comment", {"start":{"line":47,"column":4},"end":{"line":47,"column":11}} ), depth0)) != null ? stack1 : "")
    + "\n"
    + ((stack1 = alias2(alias1(depth0, "names", {"start":{"line":48,"column":2},"end":{"line":48,"column":7}} ), depth0)) != null ? stack1 : "")
    + " {\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias3,lookupProperty(depth0,"bind"),{"name":"if","hash":{},"fn":container.program(10, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":49,"column":0},"end":{"line":51,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias3,lookupProperty(depth0,"tls"),{"name":"if","hash":{},"fn":container.program(11, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":52,"column":0},"end":{"line":54,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias3,lookupProperty(depth0,"tlsBlock"),{"name":"each","hash":{},"fn":container.program(0, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":55,"column":0},"end":{"line":57,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias3,lookupProperty(depth0,"logTo"),{"name":"if","hash":{},"fn":container.program(12, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":58,"column":0},"end":{"line":63,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias3,lookupProperty(depth0,"answer"),{"name":"if","hash":{},"fn":container.program(13, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":64,"column":0},"end":{"line":75,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias3,lookupProperty(depth0,"hsts"),{"name":"if","hash":{},"fn":container.program(16, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":76,"column":0},"end":{"line":78,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias3,lookupProperty(depth0,"proxy"),{"name":"if","hash":{},"fn":container.program(17, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":79,"column":0},"end":{"line":154,"column":7}}})) != null ? stack1 : "")
    + "}\n";
},"10":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\tbind "
    + ((stack1 = container.lambda(container.strict(depth0, "bind", {"start":{"line":50,"column":8},"end":{"line":50,"column":12}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"11":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\t"
    + ((stack1 = container.lambda(container.strict(depth0, "tls", {"start":{"line":53,"column":3},"end":{"line":53,"column":6}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"12":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\tlog {\n\t\toutput "
    + ((stack1 = container.lambda(container.strict(depth0, "logTo", {"start":{"line":60,"column":11},"end":{"line":60,"column":16}} ), depth0)) != null ? stack1 : "")
    + "\n\t\tformat json\n\t}\n";
},"13":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"challenge"),{"name":"if","hash":{},"fn":container.program(14, data, 0),"inverse":container.program(15, data, 0),"data":data,"loc":{"start":{"line":65,"column":0},"end":{"line":74,"column":7}}})) != null ? stack1 : "");
},"14":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\troute {\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"challenge"),{"name":"each","hash":{},"fn":container.program(8, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":67,"column":0},"end":{"line":69,"column":9}}})) != null ? stack1 : "")
    + "\t\t"
    + ((stack1 = container.lambda(container.strict(depth0, "answer", {"start":{"line":70,"column":4},"end":{"line":70,"column":10}} ), depth0)) != null ? stack1 : "")
    + "\n\t}\n";
},"15":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\t"
    + ((stack1 = container.lambda(container.strict(depth0, "answer", {"start":{"line":73,"column":3},"end":{"line":73,"column":9}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"16":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\theader Strict-Transport-Security "
    + ((stack1 = container.lambda(container.strict(depth0, "hsts", {"start":{"line":77,"column":36},"end":{"line":77,"column":40}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"17":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\troute {\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"challenge"),{"name":"each","hash":{},"fn":container.program(8, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":81,"column":0},"end":{"line":83,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"dropsUnderscored"),{"name":"if","hash":{},"fn":container.program(18, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":84,"column":0},"end":{"line":87,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"subject"),{"name":"if","hash":{},"fn":container.program(19, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":88,"column":0},"end":{"line":94,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"upgrades"),{"name":"if","hash":{},"fn":container.program(21, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":95,"column":0},"end":{"line":102,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"remembers"),{"name":"each","hash":{},"fn":container.program(8, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":103,"column":0},"end":{"line":105,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"logFields"),{"name":"each","hash":{},"fn":container.program(22, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":106,"column":0},"end":{"line":108,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"routes"),{"name":"each","hash":{},"fn":container.program(23, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":109,"column":0},"end":{"line":132,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"open"),{"name":"if","hash":{},"fn":container.program(30, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":133,"column":0},"end":{"line":144,"column":7}}})) != null ? stack1 : "")
    + "\t}\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"errors"),{"name":"if","hash":{},"fn":container.program(33, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":146,"column":0},"end":{"line":153,"column":7}}})) != null ? stack1 : "");
},"18":function(container,depth0,helpers,partials,data) {
    return "\t\t# X_Forwarded_For is X-Forwarded-For to many applications.\n\t\trequest_header -*_*\n";
},"19":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\t\trequest_header -"
    + ((stack1 = container.lambda(container.strict(lookupProperty(depth0,"subject"), "header", {"start":{"line":89,"column":20},"end":{"line":89,"column":34}} ), depth0)) != null ? stack1 : "")
    + "\n"
    + ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(lookupProperty(depth0,"subject"),"told"),{"name":"if","hash":{},"fn":container.program(20, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":90,"column":0},"end":{"line":93,"column":7}}})) != null ? stack1 : "");
},"20":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\t\t@certificate vars_regexp {http.request.tls.client.subject} =\n\t\trequest_header @certificate "
    + ((stack1 = container.lambda(container.strict(lookupProperty(depth0,"subject"), "header", {"start":{"line":92,"column":32},"end":{"line":92,"column":46}} ), depth0)) != null ? stack1 : "")
    + " {http.request.tls.client.subject}\n";
},"21":function(container,depth0,helpers,partials,data) {
    return "\t\t# Only websocket upgrades pass: anything else that a client names in Upgrade is dropped.\n\t\t@upgrade {\n\t\t\theader Upgrade *\n\t\t\tnot vars_regexp {http.request.header.Upgrade} (?i)^websocket$\n\t\t}\n\t\trequest_header @upgrade -Upgrade\n";
},"22":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\t\tlog_append "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"23":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"matcher"),{"name":"if","hash":{},"fn":container.program(24, data, 0),"inverse":container.program(28, data, 0),"data":data,"loc":{"start":{"line":110,"column":0},"end":{"line":124,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"lines"),{"name":"each","hash":{},"fn":container.program(27, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":125,"column":0},"end":{"line":127,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"raw"),{"name":"each","hash":{},"fn":container.program(29, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":128,"column":0},"end":{"line":130,"column":9}}})) != null ? stack1 : "")
    + "\t\t}\n";
},"24":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\t\t# The matcher of paths ignores case: a pattern does not.\n"
    + ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"short"),{"name":"if","hash":{},"fn":container.program(25, data, 0),"inverse":container.program(26, data, 0),"data":data,"loc":{"start":{"line":112,"column":0},"end":{"line":120,"column":7}}})) != null ? stack1 : "")
    + "\t\thandle "
    + ((stack1 = container.lambda(container.strict(depth0, "matcher", {"start":{"line":121,"column":11},"end":{"line":121,"column":18}} ), depth0)) != null ? stack1 : "")
    + " {\n";
},"25":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "\t\t"
    + ((stack1 = alias2(alias1(depth0, "matcher", {"start":{"line":113,"column":4},"end":{"line":113,"column":11}} ), depth0)) != null ? stack1 : "")
    + " "
    + ((stack1 = alias2(alias1(depth0, "short", {"start":{"line":113,"column":16},"end":{"line":113,"column":21}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"26":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\t\t"
    + ((stack1 = container.lambda(container.strict(depth0, "matcher", {"start":{"line":115,"column":4},"end":{"line":115,"column":11}} ), depth0)) != null ? stack1 : "")
    + " {\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"conditions"),{"name":"each","hash":{},"fn":container.program(27, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":116,"column":0},"end":{"line":118,"column":9}}})) != null ? stack1 : "")
    + "\t\t}\n";
},"27":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\t\t\t"
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"28":function(container,depth0,helpers,partials,data) {
    return "\t\thandle {\n";
},"29":function(container,depth0,helpers,partials,data) {
    var stack1;

  return ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"30":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\t\thandle {\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"openHeaders"),{"name":"each","hash":{},"fn":container.program(27, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":135,"column":0},"end":{"line":137,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"openError"),{"name":"if","hash":{},"fn":container.program(31, data, 0),"inverse":container.program(32, data, 0),"data":data,"loc":{"start":{"line":138,"column":0},"end":{"line":142,"column":7}}})) != null ? stack1 : "")
    + "\t\t}\n";
},"31":function(container,depth0,helpers,partials,data) {
    return "\t\t\terror 404\n";
},"32":function(container,depth0,helpers,partials,data) {
    return "\t\t\trespond 404\n";
},"33":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\thandle_errors {\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"errors"),{"name":"each","hash":{},"fn":container.program(8, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":148,"column":0},"end":{"line":150,"column":9}}})) != null ? stack1 : "")
    + "\t\trespond \"\" "
    + ((stack1 = container.lambda(container.strict(depth0, "errorStatus", {"start":{"line":151,"column":15},"end":{"line":151,"column":26}} ), depth0)) != null ? stack1 : "")
    + "\n\t}\n";
},"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "# "
    + ((stack1 = container.lambda(container.strict(depth0, "madeBy", {"start":{"line":1,"column":4},"end":{"line":1,"column":10}} ), depth0)) != null ? stack1 : "")
    + "\n{\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"globals"),{"name":"each","hash":{},"fn":container.program(0, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":3,"column":0},"end":{"line":5,"column":9}}})) != null ? stack1 : "")
    + "\t# http and https are described one by one below: no redirect for names that no site has.\n\tauto_https disable_redirects\n\tservers {\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"http3"),{"name":"if","hash":{},"fn":container.program(1, data, 0),"inverse":container.program(3, data, 0),"data":data,"loc":{"start":{"line":9,"column":0},"end":{"line":18,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"strictNames"),{"name":"if","hash":{},"fn":container.program(4, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":19,"column":0},"end":{"line":22,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"trust"),{"name":"if","hash":{},"fn":container.program(5, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":23,"column":0},"end":{"line":30,"column":7}}})) != null ? stack1 : "")
    + "\t}\n}\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"types"),{"name":"if","hash":{},"fn":container.program(7, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":33,"column":0},"end":{"line":44,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"sites"),{"name":"each","hash":{},"fn":container.program(9, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":45,"column":0},"end":{"line":156,"column":9}}})) != null ? stack1 : "");
},"useData":true},
  "caddy/reverse_proxy": {"0":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "# The policy knows headers only. Without the cookie there is none, and what stands for it would bind all to one server.\nroute {\n\trequest_header "
    + ((stack1 = alias2(alias1(depth0, "key", {"start":{"line":4,"column":18},"end":{"line":4,"column":21}} ), depth0)) != null ? stack1 : "")
    + "\n\t@nokey header_regexp "
    + ((stack1 = alias2(alias1(depth0, "keyHeader", {"start":{"line":5,"column":24},"end":{"line":5,"column":33}} ), depth0)) != null ? stack1 : "")
    + " ^\\{\n\trequest_header @nokey -"
    + ((stack1 = alias2(alias1(depth0, "keyHeader", {"start":{"line":6,"column":26},"end":{"line":6,"column":35}} ), depth0)) != null ? stack1 : "")
    + "\n}\n";
},"1":function(container,depth0,helpers,partials,data) {
    var stack1;

  return ((stack1 = container.lambda(container.strict(depth0, "matcher", {"start":{"line":10,"column":31},"end":{"line":10,"column":38}} ), depth0)) != null ? stack1 : "")
    + " ";
},"2":function(container,depth0,helpers,partials,data) {
    return "\tmethod GET\n";
},"3":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\trewrite "
    + ((stack1 = container.lambda(container.strict(depth0, "question", {"start":{"line":15,"column":11},"end":{"line":15,"column":19}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"4":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\tlb_policy "
    + ((stack1 = container.lambda(container.strict(depth0, "balance", {"start":{"line":18,"column":13},"end":{"line":18,"column":20}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"5":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\tlb_retries "
    + ((stack1 = container.lambda(container.strict(depth0, "retries", {"start":{"line":21,"column":14},"end":{"line":21,"column":21}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"6":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\t# The window less one interval: the check comes before the pause.\n\tlb_try_duration "
    + ((stack1 = container.lambda(container.strict(depth0, "tryDuration", {"start":{"line":25,"column":19},"end":{"line":25,"column":30}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"7":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\tlb_try_interval "
    + ((stack1 = container.lambda(container.strict(depth0, "tryInterval", {"start":{"line":28,"column":19},"end":{"line":28,"column":30}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"8":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\t# Without this only GET is tried again once a server may have seen the request.\n\tlb_retry_match {\n\t\tmethod "
    + ((stack1 = container.lambda(container.strict(depth0, "retryMethods", {"start":{"line":33,"column":11},"end":{"line":33,"column":23}} ), depth0)) != null ? stack1 : "")
    + "\n\t}\n";
},"9":function(container,depth0,helpers,partials,data) {
    return "\t# What a server may have seen is never sent again.\n\tlb_retry_match {\n\t\tnot path *\n\t}\n";
},"10":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "\tlb_retry_match {\n\t\tmethod "
    + ((stack1 = alias2(alias1(depth0, "retryMethods", {"start":{"line":44,"column":11},"end":{"line":44,"column":23}} ), depth0)) != null ? stack1 : "")
    + "\n\t\texpression "
    + ((stack1 = alias2(alias1(depth0, "retryStatuses", {"start":{"line":45,"column":15},"end":{"line":45,"column":28}} ), depth0)) != null ? stack1 : "")
    + "\n\t}\n";
},"11":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\t"
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"12":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "\tfail_duration "
    + ((stack1 = alias2(alias1(depth0, "failDuration", {"start":{"line":52,"column":17},"end":{"line":52,"column":29}} ), depth0)) != null ? stack1 : "")
    + "\n\tmax_fails "
    + ((stack1 = alias2(alias1(depth0, "maxFails", {"start":{"line":53,"column":13},"end":{"line":53,"column":21}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"13":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\tunhealthy_request_count "
    + ((stack1 = container.lambda(container.strict(depth0, "fullAt", {"start":{"line":56,"column":27},"end":{"line":56,"column":33}} ), depth0)) != null ? stack1 : "")
    + "\n"
    + ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"neverMarked"),{"name":"if","hash":{},"fn":container.program(14, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":57,"column":0},"end":{"line":60,"column":7}}})) != null ? stack1 : "");
},"14":function(container,depth0,helpers,partials,data) {
    return "\t# Without this the limit alone would take every server out.\n\tmax_fails 1000000\n";
},"15":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\theader_up Host "
    + ((stack1 = container.lambda(container.strict(depth0, "host", {"start":{"line":63,"column":18},"end":{"line":63,"column":22}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"16":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\theader_up -"
    + ((stack1 = container.lambda(container.strict(depth0, "keyHeader", {"start":{"line":66,"column":14},"end":{"line":66,"column":23}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"17":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\t# These stand in front: their X-Forwarded-* are passed on.\n"
    + ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(lookupProperty(depth0,"trust"),"note"),{"name":"if","hash":{},"fn":container.program(18, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":70,"column":0},"end":{"line":72,"column":7}}})) != null ? stack1 : "")
    + "\ttrusted_proxies "
    + ((stack1 = container.lambda(container.strict(lookupProperty(depth0,"trust"), "ranges", {"start":{"line":73,"column":19},"end":{"line":73,"column":31}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"18":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\t# "
    + ((stack1 = container.lambda(container.strict(lookupProperty(depth0,"trust"), "note", {"start":{"line":71,"column":5},"end":{"line":71,"column":15}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"19":function(container,depth0,helpers,partials,data) {
    return "\t# HTTP/2 has no upgrades.\n\theader_up -Upgrade\n\theader_up -Connection\n";
},"20":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\theader_down "
    + ((stack1 = container.lambda(container.strict(depth0, "debugHeader", {"start":{"line":85,"column":15},"end":{"line":85,"column":26}} ), depth0)) != null ? stack1 : "")
    + " {http.reverse_proxy.upstream.hostport}\n";
},"21":function(container,depth0,helpers,partials,data) {
    return "\theader_down -Alt-Svc\n";
},"22":function(container,depth0,helpers,partials,data) {
    return "\theader_down -Strict-Transport-Security\n";
},"23":function(container,depth0,helpers,partials,data) {
    return "\t# The header does not wait for the body.\n\tflush_interval -1\n";
},"24":function(container,depth0,helpers,partials,data) {
    return "\t\tversions h2c 2\n";
},"25":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\t\t"
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"26":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\t\ttls_timeout "
    + ((stack1 = container.lambda(container.strict(depth0, "handshake", {"start":{"line":109,"column":16},"end":{"line":109,"column":25}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"27":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\t\tresponse_header_timeout "
    + ((stack1 = container.lambda(container.strict(depth0, "responseHeader", {"start":{"line":112,"column":28},"end":{"line":112,"column":42}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"28":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\t\tread_timeout "
    + ((stack1 = container.lambda(container.strict(depth0, "read", {"start":{"line":115,"column":17},"end":{"line":115,"column":21}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"29":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\t\twrite_timeout "
    + ((stack1 = container.lambda(container.strict(depth0, "write", {"start":{"line":118,"column":18},"end":{"line":118,"column":23}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"30":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "\t\t# Shorter than the application's own: a connection that it closes first costs a request.\n\t\tkeepalive "
    + ((stack1 = alias2(alias1(depth0, "keepalive", {"start":{"line":122,"column":14},"end":{"line":122,"column":23}} ), depth0)) != null ? stack1 : "")
    + "\n\t\tkeepalive_idle_conns_per_host "
    + ((stack1 = alias2(alias1(depth0, "perServer", {"start":{"line":123,"column":34},"end":{"line":123,"column":43}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"31":function(container,depth0,helpers,partials,data) {
    return "\t\tkeepalive off\n";
},"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), alias2=container.strict, alias3=container.lambda, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"key"),{"name":"if","hash":{},"fn":container.program(0, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":1,"column":0},"end":{"line":8,"column":7}}})) != null ? stack1 : "")
    + "# Pool "
    + ((stack1 = alias3(alias2(depth0, "pool", {"start":{"line":9,"column":9},"end":{"line":9,"column":13}} ), depth0)) != null ? stack1 : "")
    + "\nreverse_proxy "
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"matcher"),{"name":"if","hash":{},"fn":container.program(1, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":10,"column":14},"end":{"line":10,"column":48}}})) != null ? stack1 : "")
    + ((stack1 = alias3(alias2(depth0, "servers", {"start":{"line":10,"column":50},"end":{"line":10,"column":57}} ), depth0)) != null ? stack1 : "")
    + " {\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"asksGet"),{"name":"if","hash":{},"fn":container.program(2, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":11,"column":0},"end":{"line":13,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"question"),{"name":"if","hash":{},"fn":container.program(3, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":14,"column":0},"end":{"line":16,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"balance"),{"name":"if","hash":{},"fn":container.program(4, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":17,"column":0},"end":{"line":19,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"retries"),{"name":"if","hash":{},"fn":container.program(5, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":20,"column":0},"end":{"line":22,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"tryDuration"),{"name":"if","hash":{},"fn":container.program(6, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":23,"column":0},"end":{"line":26,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"tryInterval"),{"name":"if","hash":{},"fn":container.program(7, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":27,"column":0},"end":{"line":29,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"retryMethods"),{"name":"if","hash":{},"fn":container.program(8, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":30,"column":0},"end":{"line":35,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"neverAgain"),{"name":"if","hash":{},"fn":container.program(9, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":36,"column":0},"end":{"line":41,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"retryStatuses"),{"name":"if","hash":{},"fn":container.program(10, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":42,"column":0},"end":{"line":47,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"active"),{"name":"each","hash":{},"fn":container.program(11, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":48,"column":0},"end":{"line":50,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"failDuration"),{"name":"if","hash":{},"fn":container.program(12, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":51,"column":0},"end":{"line":54,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"fullAt"),{"name":"if","hash":{},"fn":container.program(13, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":55,"column":0},"end":{"line":61,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"host"),{"name":"if","hash":{},"fn":container.program(15, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":62,"column":0},"end":{"line":64,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"key"),{"name":"if","hash":{},"fn":container.program(16, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":65,"column":0},"end":{"line":67,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"trust"),{"name":"if","hash":{},"fn":container.program(17, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":68,"column":0},"end":{"line":74,"column":7}}})) != null ? stack1 : "")
    + "\theader_up X-Real-IP "
    + ((stack1 = alias3(alias2(depth0, "client", {"start":{"line":75,"column":23},"end":{"line":75,"column":29}} ), depth0)) != null ? stack1 : "")
    + "\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"http2"),{"name":"if","hash":{},"fn":container.program(19, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":76,"column":0},"end":{"line":80,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"upHeaders"),{"name":"each","hash":{},"fn":container.program(11, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":81,"column":0},"end":{"line":83,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"debugHeader"),{"name":"if","hash":{},"fn":container.program(20, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":84,"column":0},"end":{"line":86,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"alternative"),{"name":"if","hash":{},"fn":container.program(21, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":87,"column":0},"end":{"line":89,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"hsts"),{"name":"if","hash":{},"fn":container.program(22, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":90,"column":0},"end":{"line":92,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"downHeaders"),{"name":"each","hash":{},"fn":container.program(11, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":93,"column":0},"end":{"line":95,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"flush"),{"name":"if","hash":{},"fn":container.program(23, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":96,"column":0},"end":{"line":99,"column":7}}})) != null ? stack1 : "")
    + "\ttransport http {\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"h2c"),{"name":"if","hash":{},"fn":container.program(24, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":101,"column":0},"end":{"line":103,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"tls"),{"name":"each","hash":{},"fn":container.program(25, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":104,"column":0},"end":{"line":106,"column":9}}})) != null ? stack1 : "")
    + "\t\tdial_timeout "
    + ((stack1 = alias3(alias2(depth0, "dial", {"start":{"line":107,"column":17},"end":{"line":107,"column":21}} ), depth0)) != null ? stack1 : "")
    + "\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"handshake"),{"name":"if","hash":{},"fn":container.program(26, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":108,"column":0},"end":{"line":110,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"responseHeader"),{"name":"if","hash":{},"fn":container.program(27, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":111,"column":0},"end":{"line":113,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"read"),{"name":"if","hash":{},"fn":container.program(28, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":114,"column":0},"end":{"line":116,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"write"),{"name":"if","hash":{},"fn":container.program(29, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":117,"column":0},"end":{"line":119,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"keepalive"),{"name":"if","hash":{},"fn":container.program(30, data, 0),"inverse":container.program(31, data, 0),"data":data,"loc":{"start":{"line":120,"column":0},"end":{"line":126,"column":7}}})) != null ? stack1 : "")
    + "\t\t# The client decides whether the body is compressed.\n\t\tcompression off\n\t}\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"answers"),{"name":"each","hash":{},"fn":container.program(11, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":130,"column":0},"end":{"line":132,"column":9}}})) != null ? stack1 : "")
    + "}\n";
},"useData":true},
  "compose/certbot.sh": {"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "#!/bin/sh\n# "
    + ((stack1 = container.lambda(container.strict(depth0, "madeBy", {"start":{"line":2,"column":4},"end":{"line":2,"column":10}} ), depth0)) != null ? stack1 : "")
    + "\n# Certificates for nginx. First a placeholder for each site, so that nginx starts with 80 and 443 at once; then real\n# ones, when the edge answers; then renewals, twice a day and when the list of names changes. certbot calls this file\n# again as its deploy hook.\n#\n# Environment: ACME_EMAIL (may be empty), ACME_SERVER (a directory URL; empty: production), EDGE_PROBE (http://nginx:80)\n# -f: a `*` of a name is no pattern of files.\nset -uf\n\nhere=${EDGE_ACME:-/etc/edge/acme}\ntls=${EDGE_TLS:-/etc/edge/tls}\nwebroot=${EDGE_WEBROOT:-/var/www/acme}\nletsencrypt=${EDGE_LETSENCRYPT:-/etc/letsencrypt}\n# Seconds between two looks at what may have changed.\nstep=${EDGE_STEP:-10}\nserver=${ACME_SERVER:-https://acme-v02.api.letsencrypt.org/directory}\nlist=$here/certificates.txt\n\nsay() {\n    echo \"certificates: $*\" >&2\n}\n\n# deploy FOLDER CHAIN KEY [NAMES]: both files become visible together, by one renamed link. NAMES: a placeholder's\ndeploy() {\n    new=$(mktemp -d \"$tls/.$1.XXXXXX\") || return 1\n    if ! cp \"$2\" \"$new/fullchain.pem\" || ! cp \"$3\" \"$new/privkey.pem\" ||\n        [ \"$(openssl x509 -noout -pubkey -in \"$new/fullchain.pem\")\" != \"$(openssl pkey -pubout -in \"$new/privkey.pem\")\" ]; then\n        say \"$1: the new certificate and key do not fit, the old ones stay\"\n        rm -rf \"$new\"\n        return 1\n    fi\n    [ -z \"${4:-}\" ] || echo \"$4\" >\"$new/names\"\n    # nginx reads them as root, before its workers give that up.\n    chmod 755 \"$new\" && chmod 600 \"$new/privkey.pem\"\n    old=$(readlink \"$tls/$1\" || true)\n    ln -s \"$(basename \"$new\")\" \"$new.link\" && mv -T \"$new.link\" \"$tls/$1\" || return 1\n    case $old in \".$1.\"*) rm -rf \"${tls:?}/$old\" ;; esac\n}\n\n# placeholder FOLDER NAME...: a self-made certificate\nplaceholder() {\n    folder=$1\n    shift\n    names=\n    for name in \"$@\"; do\n        case $name in *:* | [0-9]*.[0-9]*.[0-9]*.[0-9]*) names=$names,IP:$name ;; *) names=$names,DNS:$name ;; esac\n    done\n    work=$(mktemp -d) || return 1\n    if openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj \"/O=self-made\" \\\n        -addext \"subjectAltName=${names#,}\" -keyout \"$work/key.pem\" -out \"$work/chain.pem\" 2>\"$work/log\"; then\n        deploy \"$folder\" \"$work/chain.pem\" \"$work/key.pem\" \"$*\"\n    else\n        cat \"$work/log\" >&2\n    fi\n    rm -rf \"$work\"\n    [ -e \"$tls/$folder/privkey.pem\" ]\n}\n\n# The deploy hook: certbot tells the folder of the new pair.\nif [ \"${1:-}\" = deployed ]; then\n    deploy \"$(basename \"$RENEWED_LINEAGE\")\" \"$RENEWED_LINEAGE/fullchain.pem\" \"$RENEWED_LINEAGE/privkey.pem\"\n    exit\nfi\n\n# have MODE FOLDER NAME...: what nginx needs to start, and what certbot has but did not hand over\nhave() {\n    mode=$1 folder=$2\n    shift 2\n    live=$letsencrypt/live/$folder\n    if [ \"$mode\" = internal ]; then\n        [ \"$(cat \"$tls/$folder/names\" 2>/dev/null)\" = \"$*\" ] || placeholder \"$folder\" \"$@\"\n    elif [ -e \"$live/fullchain.pem\" ]; then\n        cmp -s \"$live/fullchain.pem\" \"$tls/$folder/fullchain.pem\" ||\n            deploy \"$folder\" \"$live/fullchain.pem\" \"$live/privkey.pem\" ||\n            [ -e \"$tls/$folder/fullchain.pem\" ] || placeholder \"$folder\" \"$@\"\n    else\n        [ -e \"$tls/$folder/fullchain.pem\" ] || placeholder \"$folder\" \"$@\"\n    fi\n}\n\n# probe NAME: nothing is asked of the CA before the edge serves what we write, because failed validations are rationed\nprobe() {\n    mkdir -p \"$webroot/.well-known/acme-challenge\"\n    word=probe-$$\n    echo \"$word\" >\"$webroot/.well-known/acme-challenge/$word\"\n    answer=$(timeout 5 wget -q -O - --header \"Host: $1\" \"$EDGE_PROBE/.well-known/acme-challenge/$word\" 2>/dev/null)\n    rm -f \"$webroot/.well-known/acme-challenge/$word\"\n    [ \"$answer\" = \"$word\" ]\n}\n\nissue() {\n    folder=$1\n    shift\n    count=$#\n    for name in \"$@\"; do set -- \"$@\" -d \"$name\"; done\n    shift \"$count\"\n    if [ -n \"${ACME_EMAIL:-}\" ]; then\n        set -- \"$@\" -m \"$ACME_EMAIL\" --no-eff-email\n    else\n        set -- \"$@\" --register-unsafely-without-email\n    fi\n    # A certificate of another CA, such as staging, is not kept because it is still valid.\n    from=$(sed -n 's/^server = //p' \"$letsencrypt/renewal/$folder.conf\" 2>/dev/null)\n    if [ \"${from:-$server}\" = \"$server\" ]; then\n        set -- \"$@\" --keep-until-expiring\n    else\n        set -- \"$@\" --force-renewal --break-my-certs\n    fi\n    # shellcheck disable=SC2016 # the hook expands it\n    certbot certonly --webroot -w \"$webroot\" --cert-name \"$folder\" \"$@\" --server \"$server\" --agree-tos \\\n        --non-interactive --renew-with-new-domains \\\n        --deploy-hook '/bin/sh \"${EDGE_ACME:-/etc/edge/acme}/certbot.sh\" deployed'\n}\n\n# all COMMAND: each line of the list. Fails when one of them failed.\nall() {\n    failed=0\n    while read -r mode folder names; do\n        case $mode in acme | internal) ;; *) continue ;; esac\n        # shellcheck disable=SC2086 # names are words: letters, digits, dots\n        \"$1\" \"$mode\" \"$folder\" $names </dev/null || failed=1\n    done <\"$list\"\n    return \"$failed\"\n}\n\n# The edge is asked for every name: a new one waits for the reload that makes it known.\nobtain() {\n    [ \"$1\" = acme ] || return 0\n    folder=$2\n    shift 2\n    for name in \"$@\"; do\n        probe \"$name\" && continue\n        say \"$folder: the edge does not answer for $name on plain http yet\"\n        unserved=yes\n        return 0\n    done\n    issue \"$folder\" \"$@\"\n}\n\n# rest SECONDS: until then, or until the list changes\nrest() {\n    left=$1\n    while [ \"$left\" -gt 0 ] && [ \"$(sha256sum <\"$list\")\" = \"$seen\" ]; do\n        sleep \"$step\" &\n        wait \"$!\"\n        left=$((left - step))\n    done\n}\n\ntrap 'exit 0' TERM INT\nrm -f \"$tls/.ready\"\nall have || exit 1\ntouch \"$tls/.ready\"\n[ \"${1:-}\" = placeholders ] && exit\n\n# The CA allows five failed validations an hour: waits grow until they stay below that, from a minute to an hour.\nwaits=6\nwhile :; do\n    seen=$(sha256sum <\"$list\")\n    unserved=\n    all have\n    if ! all obtain; then\n        say \"trying again in $((waits * step)) s\"\n        rest \"$((waits * step))\"\n        case $waits in 6) waits=30 ;; 30) waits=180 ;; *) waits=360 ;; esac\n        continue\n    fi\n    all have\n    if [ -n \"$unserved\" ]; then\n        rest \"$step\"\n    else\n        waits=6\n        rest 43200\n    fi\ndone\n";
},"useData":true},
  "compose/certificates.txt": {"0":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return ((stack1 = alias2(alias1(depth0, "mode", {"start":{"line":4,"column":2},"end":{"line":4,"column":6}} ), depth0)) != null ? stack1 : "")
    + " "
    + ((stack1 = alias2(alias1(depth0, "folder", {"start":{"line":4,"column":11},"end":{"line":4,"column":17}} ), depth0)) != null ? stack1 : "")
    + " "
    + ((stack1 = alias2(alias1(depth0, "names", {"start":{"line":4,"column":22},"end":{"line":4,"column":27}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "# "
    + ((stack1 = container.lambda(container.strict(depth0, "madeBy", {"start":{"line":1,"column":4},"end":{"line":1,"column":10}} ), depth0)) != null ? stack1 : "")
    + "\n# One certificate a line: acme or internal, its folder, its names.\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"certificates"),{"name":"each","hash":{},"fn":container.program(0, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":3,"column":0},"end":{"line":5,"column":9}}})) != null ? stack1 : "");
},"useData":true},
  "compose/machine.yaml": {"0":function(container,depth0,helpers,partials,data) {
    return "services:\n";
},"1":function(container,depth0,helpers,partials,data) {
    return "services: {}\n";
},"2":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), alias2=container.strict, alias3=container.lambda, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"unless").call(alias1,lookupProperty(data,"first"),{"name":"unless","hash":{},"fn":container.program(3, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":12,"column":0},"end":{"line":14,"column":11}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"comments"),{"name":"each","hash":{},"fn":container.program(4, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":15,"column":0},"end":{"line":17,"column":9}}})) != null ? stack1 : "")
    + "  "
    + ((stack1 = alias3(alias2(depth0, "name", {"start":{"line":18,"column":4},"end":{"line":18,"column":8}} ), depth0)) != null ? stack1 : "")
    + ":\n    image: "
    + ((stack1 = alias3(alias2(depth0, "image", {"start":{"line":19,"column":13},"end":{"line":19,"column":18}} ), depth0)) != null ? stack1 : "")
    + "\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"restarts"),{"name":"if","hash":{},"fn":container.program(5, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":20,"column":0},"end":{"line":22,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"command"),{"name":"if","hash":{},"fn":container.program(6, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":23,"column":0},"end":{"line":25,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"hasEnvironment"),{"name":"if","hash":{},"fn":container.program(7, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":26,"column":0},"end":{"line":31,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"hasPorts"),{"name":"if","hash":{},"fn":container.program(9, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":32,"column":0},"end":{"line":37,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"expose"),{"name":"if","hash":{},"fn":container.program(11, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":38,"column":0},"end":{"line":41,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"hasVolumes"),{"name":"if","hash":{},"fn":container.program(12, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":42,"column":0},"end":{"line":52,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"dependsOn"),{"name":"if","hash":{},"fn":container.program(15, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":53,"column":0},"end":{"line":57,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"hasHosts"),{"name":"if","hash":{},"fn":container.program(16, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":58,"column":0},"end":{"line":64,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"health"),{"name":"if","hash":{},"fn":container.program(17, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":65,"column":0},"end":{"line":72,"column":7}}})) != null ? stack1 : "")
    + "    networks:\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"address"),{"name":"if","hash":{},"fn":container.program(18, data, 0),"inverse":container.program(19, data, 0),"data":data,"loc":{"start":{"line":74,"column":0},"end":{"line":79,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"logs"),{"name":"if","hash":{},"fn":container.program(20, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":80,"column":0},"end":{"line":86,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"further"),{"name":"each","hash":{},"fn":container.program(21, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":87,"column":0},"end":{"line":89,"column":9}}})) != null ? stack1 : "");
},"3":function(container,depth0,helpers,partials,data) {
    return "\n";
},"4":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "  # "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"5":function(container,depth0,helpers,partials,data) {
    return "    restart: unless-stopped\n";
},"6":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "    "
    + ((stack1 = alias2(alias1(depth0, "commandKey", {"start":{"line":24,"column":6},"end":{"line":24,"column":16}} ), depth0)) != null ? stack1 : "")
    + ": "
    + ((stack1 = alias2(alias1(depth0, "command", {"start":{"line":24,"column":22},"end":{"line":24,"column":29}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"7":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "    environment:\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"environment"),{"name":"each","hash":{},"fn":container.program(8, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":28,"column":0},"end":{"line":30,"column":9}}})) != null ? stack1 : "");
},"8":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "      "
    + ((stack1 = alias2(alias1(depth0, "key", {"start":{"line":29,"column":8},"end":{"line":29,"column":11}} ), depth0)) != null ? stack1 : "")
    + ": "
    + ((stack1 = alias2(alias1(depth0, "value", {"start":{"line":29,"column":17},"end":{"line":29,"column":22}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"9":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "    ports:\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"ports"),{"name":"each","hash":{},"fn":container.program(10, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":34,"column":0},"end":{"line":36,"column":9}}})) != null ? stack1 : "");
},"10":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "      - "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"11":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    expose:\n      - "
    + ((stack1 = container.lambda(container.strict(depth0, "expose", {"start":{"line":40,"column":10},"end":{"line":40,"column":16}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"12":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "    volumes:\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"volumes"),{"name":"each","hash":{},"fn":container.program(13, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":44,"column":0},"end":{"line":51,"column":9}}})) != null ? stack1 : "");
},"13":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "      - type: "
    + ((stack1 = alias2(alias1(depth0, "type", {"start":{"line":45,"column":16},"end":{"line":45,"column":20}} ), depth0)) != null ? stack1 : "")
    + "\n        source: "
    + ((stack1 = alias2(alias1(depth0, "source", {"start":{"line":46,"column":18},"end":{"line":46,"column":24}} ), depth0)) != null ? stack1 : "")
    + "\n        target: "
    + ((stack1 = alias2(alias1(depth0, "target", {"start":{"line":47,"column":18},"end":{"line":47,"column":24}} ), depth0)) != null ? stack1 : "")
    + "\n"
    + ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"readOnly"),{"name":"if","hash":{},"fn":container.program(14, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":48,"column":0},"end":{"line":50,"column":7}}})) != null ? stack1 : "");
},"14":function(container,depth0,helpers,partials,data) {
    return "        read_only: true\n";
},"15":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    depends_on:\n      "
    + ((stack1 = container.lambda(container.strict(depth0, "dependsOn", {"start":{"line":55,"column":8},"end":{"line":55,"column":17}} ), depth0)) != null ? stack1 : "")
    + ":\n        condition: service_healthy\n";
},"16":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "    # Known before the containers run, so that nginx starts without them.\n    extra_hosts:\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"hosts"),{"name":"each","hash":{},"fn":container.program(8, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":61,"column":0},"end":{"line":63,"column":9}}})) != null ? stack1 : "");
},"17":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    healthcheck:\n      test: "
    + ((stack1 = container.lambda(container.strict(depth0, "health", {"start":{"line":67,"column":14},"end":{"line":67,"column":20}} ), depth0)) != null ? stack1 : "")
    + "\n      interval: 10s\n      timeout: 3s\n      retries: 3\n      start_period: 30s\n";
},"18":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "      edge:\n        ipv4_address: "
    + ((stack1 = container.lambda(container.strict(depth0, "address", {"start":{"line":76,"column":24},"end":{"line":76,"column":31}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"19":function(container,depth0,helpers,partials,data) {
    return "      edge: {}\n";
},"20":function(container,depth0,helpers,partials,data) {
    return "    logging:\n      driver: json-file\n      options:\n        max-size: 10m\n        max-file: \"5\"\n";
},"21":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "    "
    + ((stack1 = alias2(alias1(depth0, "key", {"start":{"line":88,"column":6},"end":{"line":88,"column":9}} ), depth0)) != null ? stack1 : "")
    + ": "
    + ((stack1 = alias2(alias1(depth0, "value", {"start":{"line":88,"column":15},"end":{"line":88,"column":20}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"22":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "  # The network of the live edge: the same containers are reached.\n  edge:\n    external: true\n    name: "
    + ((stack1 = container.lambda(container.strict(depth0, "live", {"start":{"line":97,"column":12},"end":{"line":97,"column":16}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"23":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"subnet"),{"name":"if","hash":{},"fn":container.program(24, data, 0),"inverse":container.program(25, data, 0),"data":data,"loc":{"start":{"line":99,"column":0},"end":{"line":107,"column":7}}})) != null ? stack1 : "");
},"24":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "  # Fixed addresses: this nginx looks names up once, when it starts.\n  edge:\n    ipam:\n      config:\n        - subnet: "
    + ((stack1 = container.lambda(container.strict(depth0, "subnet", {"start":{"line":104,"column":20},"end":{"line":104,"column":26}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"25":function(container,depth0,helpers,partials,data) {
    return "  edge: {}\n";
},"26":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\nvolumes:\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"namedVolumes"),{"name":"each","hash":{},"fn":container.program(27, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":112,"column":0},"end":{"line":114,"column":9}}})) != null ? stack1 : "");
},"27":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "  "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + ": {}\n";
},"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda, alias3=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "# "
    + ((stack1 = alias2(alias1(depth0, "madeBy", {"start":{"line":1,"column":4},"end":{"line":1,"column":10}} ), depth0)) != null ? stack1 : "")
    + "\n# "
    + ((stack1 = alias2(alias1(depth0, "comment", {"start":{"line":2,"column":4},"end":{"line":2,"column":11}} ), depth0)) != null ? stack1 : "")
    + "\n\nname: "
    + ((stack1 = alias2(alias1(depth0, "project", {"start":{"line":4,"column":8},"end":{"line":4,"column":15}} ), depth0)) != null ? stack1 : "")
    + "\n\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias3,lookupProperty(depth0,"services"),{"name":"if","hash":{},"fn":container.program(0, data, 0),"inverse":container.program(1, data, 0),"data":data,"loc":{"start":{"line":6,"column":0},"end":{"line":10,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias3,lookupProperty(depth0,"services"),{"name":"each","hash":{},"fn":container.program(2, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":11,"column":0},"end":{"line":90,"column":9}}})) != null ? stack1 : "")
    + "\nnetworks:\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias3,lookupProperty(depth0,"live"),{"name":"if","hash":{},"fn":container.program(22, data, 0),"inverse":container.program(23, data, 0),"data":data,"loc":{"start":{"line":93,"column":0},"end":{"line":108,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias3,lookupProperty(depth0,"hasNamedVolumes"),{"name":"if","hash":{},"fn":container.program(26, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":109,"column":0},"end":{"line":115,"column":7}}})) != null ? stack1 : "");
},"useData":true},
  "compose/nginx.sh": {"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "#!/bin/sh\n# "
    + ((stack1 = container.lambda(container.strict(depth0, "madeBy", {"start":{"line":2,"column":4},"end":{"line":2,"column":10}} ), depth0)) != null ? stack1 : "")
    + "\n# Starts nginx, and reloads it when a certificate changes. No docker socket, no signal from outside.\nset -u\n\nconf=${EDGE_CONF:-/etc/edge/nginx/nginx.conf}\ntls=${EDGE_TLS:-/etc/edge/tls}\nstep=${EDGE_STEP:-10}\n\nstate() {\n    cat \"$tls\"/*/fullchain.pem 2>/dev/null | sha256sum\n}\n\n# As long as nginx runs, which keeps the number of this process.\nwatch() {\n    while sleep \"$step\" && kill -0 \"$$\" 2>/dev/null; do\n        now=$(state)\n        [ \"$now\" = \"$last\" ] && continue\n        # A configuration that does not load keeps the old one running, and is tried again.\n        if nginx -t -q -c \"$conf\" && nginx -s reload -c \"$conf\"; then\n            last=$now\n        fi\n    done\n}\n\n# Before nginx reads them: a change in between is seen.\nlast=$(state)\nwatch &\nexec nginx -c \"$conf\" -g 'daemon off;'\n";
},"useData":true},
  "init/topology.yaml": {"0":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\nacme: { email: "
    + ((stack1 = container.lambda(container.strict(depth0, "email", {"start":{"line":9,"column":17},"end":{"line":9,"column":22}} ), depth0)) != null ? stack1 : "")
    + " } # the CA writes there when a certificate is about to end\n";
},"1":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\nservices: # containers: one instance each, on the machine of the proxy\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"services"),{"name":"each","hash":{},"fn":container.program(2, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":14,"column":0},"end":{"line":27,"column":9}}})) != null ? stack1 : "");
},"2":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), alias2=container.strict, alias3=container.lambda, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"unused"),{"name":"if","hash":{},"fn":container.program(3, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":15,"column":0},"end":{"line":17,"column":7}}})) != null ? stack1 : "")
    + "  "
    + ((stack1 = alias3(alias2(depth0, "name", {"start":{"line":18,"column":4},"end":{"line":18,"column":8}} ), depth0)) != null ? stack1 : "")
    + ":\n    image: "
    + ((stack1 = alias3(alias2(depth0, "image", {"start":{"line":19,"column":13},"end":{"line":19,"column":18}} ), depth0)) != null ? stack1 : "")
    + "\n    port: "
    + ((stack1 = alias3(alias2(depth0, "port", {"start":{"line":20,"column":12},"end":{"line":20,"column":16}} ), depth0)) != null ? stack1 : "")
    + "\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"hasEnvironment"),{"name":"if","hash":{},"fn":container.program(4, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":21,"column":0},"end":{"line":26,"column":7}}})) != null ? stack1 : "");
},"3":function(container,depth0,helpers,partials,data) {
    return "  # proxywright-ignore reference-unused -- no site asks it yet\n";
},"4":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "    environment:\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"environment"),{"name":"each","hash":{},"fn":container.program(5, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":23,"column":0},"end":{"line":25,"column":9}}})) != null ? stack1 : "");
},"5":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "      "
    + ((stack1 = alias2(alias1(depth0, "key", {"start":{"line":24,"column":8},"end":{"line":24,"column":11}} ), depth0)) != null ? stack1 : "")
    + ": "
    + ((stack1 = alias2(alias1(depth0, "value", {"start":{"line":24,"column":17},"end":{"line":24,"column":22}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"6":function(container,depth0,helpers,partials,data) {
    return "  # proxywright-ignore spof -- one server so far\n";
},"7":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    service: "
    + ((stack1 = container.lambda(container.strict(depth0, "service", {"start":{"line":36,"column":15},"end":{"line":36,"column":22}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"8":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"servers"),{"name":"if","hash":{},"fn":container.program(9, data, 0),"inverse":container.program(11, data, 0),"data":data,"loc":{"start":{"line":37,"column":0},"end":{"line":46,"column":0}}})) != null ? stack1 : "");
},"9":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "    servers:\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"servers"),{"name":"each","hash":{},"fn":container.program(10, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":39,"column":0},"end":{"line":41,"column":9}}})) != null ? stack1 : "");
},"10":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "      - "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"11":function(container,depth0,helpers,partials,data) {
    return "    servers:\n      - web:3000 # a container beside the proxy\n      - 10.0.0.3:3100 # a second machine, on its private address\n";
},"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), alias2=container.strict, alias3=container.lambda, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "# yaml-language-server: $schema=https://proxywright.dev/v1/topology.schema.json\n#\n# What should be true of the edge. `proxywright build -o out` compiles it, `proxywright lint` judges it.\n# Every word: `proxywright print schema`; every value that is not written: `proxywright print defaults`.\n\nversion: 1\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"email"),{"name":"if","hash":{},"fn":container.program(0, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":7,"column":0},"end":{"line":10,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"services"),{"name":"if","hash":{},"fn":container.program(1, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":11,"column":0},"end":{"line":28,"column":7}}})) != null ? stack1 : "")
    + "\nupstreams: # pools: servers that do the same\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"alone"),{"name":"if","hash":{},"fn":container.program(6, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":31,"column":0},"end":{"line":33,"column":7}}})) != null ? stack1 : "")
    + "  "
    + ((stack1 = alias3(alias2(depth0, "pool", {"start":{"line":34,"column":4},"end":{"line":34,"column":8}} ), depth0)) != null ? stack1 : "")
    + ":\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"service"),{"name":"if","hash":{},"fn":container.program(7, data, 0),"inverse":container.program(8, data, 0),"data":data,"loc":{"start":{"line":35,"column":0},"end":{"line":46,"column":7}}})) != null ? stack1 : "")
    + "    timeouts:\n      connect: 1s # a dead machine costs this much\n      response_header: 5s # a hung server costs this much\n    retry:\n      tries: 2 # the first attempt included\n    health:\n      passive: { max_fails: 3, fail_window: 10s } # three failures: left out for ten seconds\n\nsites:\n  "
    + ((stack1 = alias3(alias2(depth0, "site", {"start":{"line":56,"column":4},"end":{"line":56,"column":8}} ), depth0)) != null ? stack1 : "")
    + ": # a name whose DNS points to the proxy\n    upstream: "
    + ((stack1 = alias3(alias2(depth0, "pool", {"start":{"line":57,"column":16},"end":{"line":57,"column":20}} ), depth0)) != null ? stack1 : "")
    + "\n    budget: 12s # the longest wait that is acceptable: 2 × (1s + 5s)\n";
},"useData":true},
  "nginx/http.conf": {"0":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "# Room for the longest name.\nserver_names_hash_bucket_size "
    + ((stack1 = container.lambda(container.strict(depth0, "bucket", {"start":{"line":6,"column":32},"end":{"line":6,"column":38}} ), depth0)) != null ? stack1 : "")
    + ";\n";
},"1":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "# Room for the variables of the routes.\nvariables_hash_max_size "
    + ((stack1 = alias2(alias1(depth0, "variables", {"start":{"line":10,"column":26},"end":{"line":10,"column":35}} ), depth0)) != null ? stack1 : "")
    + ";\nvariables_hash_bucket_size "
    + ((stack1 = alias2(alias1(depth0, "variablesBucket", {"start":{"line":11,"column":29},"end":{"line":11,"column":44}} ), depth0)) != null ? stack1 : "")
    + ";\n";
},"2":function(container,depth0,helpers,partials,data) {
    return "\n# A request for another name than that of its handshake could come in without the certificate that the name asks for.\nmap \"$ssl_server_name $host\" $edge_same_name {\n    default 0;\n    \"~*^(\\S+) \\1\\z\" 1;\n}\n";
},"3":function(container,depth0,helpers,partials,data) {
    return "\n# Over HTTP/3 nginx has no such header as Host: there it is the name, with the port where it is not 443.\nmap $server_port $edge_authority {\n    default $host:$server_port;\n    443 $host;\n}\n";
},"4":function(container,depth0,helpers,partials,data) {
    return "$edge_authority";
},"5":function(container,depth0,helpers,partials,data) {
    return "\"\"";
},"6":function(container,depth0,helpers,partials,data) {
    return "\nlog_format edge_json escape=json\n    '{\"time\":\"$time_iso8601\",\"client\":\"$remote_addr\",\"host\":\"$host\",\"method\":\"$request_method\",'\n    '\"uri\":\"$request_uri\",\"protocol\":\"$server_protocol\",\"status\":$status,\"bytes\":$body_bytes_sent,'\n    '\"duration\":$request_time,\"upstream\":\"$upstream_addr\",\"upstream_status\":\"$upstream_status\",'\n    '\"upstream_connect\":\"$upstream_connect_time\",\"upstream_header\":\"$upstream_header_time\",'\n    '\"upstream_duration\":\"$upstream_response_time\",\"request_id\":\"$request_id\"}';\n";
},"7":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "\n# Names are asked for again after "
    + ((stack1 = alias2(alias1(depth0, "valid", {"start":{"line":69,"column":36},"end":{"line":69,"column":41}} ), depth0)) != null ? stack1 : "")
    + ": a container that was made anew has another address.\nresolver "
    + ((stack1 = alias2(alias1(depth0, "resolver", {"start":{"line":70,"column":11},"end":{"line":70,"column":19}} ), depth0)) != null ? stack1 : "")
    + ";\nresolver_timeout "
    + ((stack1 = alias2(alias1(depth0, "resolverTimeout", {"start":{"line":71,"column":19},"end":{"line":71,"column":34}} ), depth0)) != null ? stack1 : "")
    + ";\n";
},"8":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\n"
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"9":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n# These stand in front and tell for whom they ask: the last address in X-Forwarded-For that is none of theirs.\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"trustNote"),{"name":"if","hash":{},"fn":container.program(10, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":80,"column":0},"end":{"line":82,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"trusted"),{"name":"each","hash":{},"fn":container.program(11, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":83,"column":0},"end":{"line":85,"column":9}}})) != null ? stack1 : "")
    + "real_ip_header X-Forwarded-For;\nreal_ip_recursive on;\ngeo $realip_remote_addr $edge_trusted {\n    default 0;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"trusted"),{"name":"each","hash":{},"fn":container.program(12, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":90,"column":0},"end":{"line":92,"column":9}}})) != null ? stack1 : "")
    + "}\n# What they say is passed on; what anybody else says is dropped.\nmap \"$edge_trusted|$http_x_forwarded_for\" $edge_forwarded_for {\n    default $realip_remote_addr;\n    \"~^1\\|(?<edge_told_for>.+)\" \"$edge_told_for, $realip_remote_addr\";\n}\nmap \"$edge_trusted|$http_x_forwarded_proto\" $edge_forwarded_proto {\n    default $scheme;\n    \"~^1\\|(?<edge_told_proto>.+)\" $edge_told_proto;\n}\nmap \"$edge_trusted|$http_x_forwarded_host\" $edge_forwarded_host {\n    default $edge_host;\n    \"~^1\\|(?<edge_told_host>.+)\" $edge_told_host;\n}\n";
},"10":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "# "
    + ((stack1 = container.lambda(container.strict(depth0, "trustNote", {"start":{"line":81,"column":4},"end":{"line":81,"column":13}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"11":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "set_real_ip_from "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + ";\n";
},"12":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + " 1;\n";
},"13":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n# The other edge machines.\nupstream edge_challenges {\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"challengePeers"),{"name":"each","hash":{},"fn":container.program(14, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":112,"column":0},"end":{"line":114,"column":9}}})) != null ? stack1 : "")
    + "}\n";
},"14":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    server "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + " max_fails=0;\n";
},"15":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda, alias3=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n# Pool "
    + ((stack1 = alias2(alias1(depth0, "pool", {"start":{"line":119,"column":9},"end":{"line":119,"column":13}} ), depth0)) != null ? stack1 : "")
    + "\nupstream "
    + ((stack1 = alias2(alias1(depth0, "name", {"start":{"line":120,"column":11},"end":{"line":120,"column":15}} ), depth0)) != null ? stack1 : "")
    + " {\n    # Shared memory: a server that one worker found dead is dead for all of them.\n    zone "
    + ((stack1 = alias2(alias1(depth0, "name", {"start":{"line":122,"column":11},"end":{"line":122,"column":15}} ), depth0)) != null ? stack1 : "")
    + " "
    + ((stack1 = alias2(alias1(depth0, "zone", {"start":{"line":122,"column":20},"end":{"line":122,"column":24}} ), depth0)) != null ? stack1 : "")
    + ";\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias3,lookupProperty(depth0,"balance"),{"name":"if","hash":{},"fn":container.program(16, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":123,"column":0},"end":{"line":125,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias3,lookupProperty(depth0,"peers"),{"name":"each","hash":{},"fn":container.program(17, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":126,"column":0},"end":{"line":128,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias3,lookupProperty(depth0,"keepalive"),{"name":"if","hash":{},"fn":container.program(18, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":129,"column":0},"end":{"line":131,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias3,lookupProperty(depth0,"keepaliveTimeout"),{"name":"if","hash":{},"fn":container.program(19, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":132,"column":0},"end":{"line":135,"column":7}}})) != null ? stack1 : "")
    + "}\n";
},"16":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    "
    + ((stack1 = container.lambda(container.strict(depth0, "balance", {"start":{"line":124,"column":6},"end":{"line":124,"column":13}} ), depth0)) != null ? stack1 : "")
    + ";\n";
},"17":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "    server "
    + ((stack1 = alias2(alias1(depth0, "address", {"start":{"line":127,"column":13},"end":{"line":127,"column":20}} ), depth0)) != null ? stack1 : "")
    + " "
    + ((stack1 = alias2(alias1(depth0, "marking", {"start":{"line":127,"column":25},"end":{"line":127,"column":32}} ), depth0)) != null ? stack1 : "")
    + ";\n";
},"18":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    keepalive "
    + ((stack1 = container.lambda(container.strict(depth0, "keepalive", {"start":{"line":130,"column":16},"end":{"line":130,"column":25}} ), depth0)) != null ? stack1 : "")
    + ";\n";
},"19":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    # Shorter than the application's own: a connection that it closes first costs a request.\n    keepalive_timeout "
    + ((stack1 = container.lambda(container.strict(depth0, "keepaliveTimeout", {"start":{"line":134,"column":24},"end":{"line":134,"column":40}} ), depth0)) != null ? stack1 : "")
    + ";\n";
},"20":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n# Names that no site has\nserver {\n    listen "
    + ((stack1 = container.lambda(container.strict(depth0, "listen", {"start":{"line":142,"column":13},"end":{"line":142,"column":19}} ), depth0)) != null ? stack1 : "")
    + ";\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"quic"),{"name":"if","hash":{},"fn":container.program(21, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":143,"column":0},"end":{"line":145,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"http2"),{"name":"if","hash":{},"fn":container.program(22, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":146,"column":0},"end":{"line":148,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"tls"),{"name":"if","hash":{},"fn":container.program(23, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":149,"column":0},"end":{"line":152,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"tls"),{"name":"each","hash":{},"fn":container.program(24, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":153,"column":0},"end":{"line":155,"column":9}}})) != null ? stack1 : "")
    + "    server_name _;\n    server_tokens off;\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"accessLog"),{"name":"if","hash":{},"fn":container.program(25, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":158,"column":0},"end":{"line":160,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"answer"),{"name":"each","hash":{},"fn":container.program(26, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":161,"column":0},"end":{"line":163,"column":9}}})) != null ? stack1 : "")
    + "}\n";
},"21":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    listen "
    + ((stack1 = container.lambda(container.strict(depth0, "quic", {"start":{"line":144,"column":13},"end":{"line":144,"column":17}} ), depth0)) != null ? stack1 : "")
    + ";\n";
},"22":function(container,depth0,helpers,partials,data) {
    return "    http2 on;\n";
},"23":function(container,depth0,helpers,partials,data) {
    return "    # The handshake of an unknown name is refused; the status is for a known one with another Host.\n    ssl_reject_handshake on;\n";
},"24":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + ";\n";
},"25":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    access_log "
    + ((stack1 = container.lambda(container.strict(depth0, "accessLog", {"start":{"line":159,"column":17},"end":{"line":159,"column":26}} ), depth0)) != null ? stack1 : "")
    + " edge_json;\n";
},"26":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "# "
    + ((stack1 = container.lambda(container.strict(depth0, "madeBy", {"start":{"line":1,"column":4},"end":{"line":1,"column":10}} ), depth0)) != null ? stack1 : "")
    + "\n# The http context: what all sites share. Read first, as files are included in the order of their names.\n\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"bucket"),{"name":"if","hash":{},"fn":container.program(0, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":4,"column":0},"end":{"line":7,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"variables"),{"name":"if","hash":{},"fn":container.program(1, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":8,"column":0},"end":{"line":12,"column":7}}})) != null ? stack1 : "")
    + "\n# Only websocket upgrades pass: anything else that a client names in Upgrade is dropped.\nmap $http_upgrade $edge_upgrade {\n    default \"\";\n    \"~*^websocket\\z\" websocket;\n}\nmap $http_upgrade $edge_connection {\n    default \"\";\n    \"~*^websocket\\z\" upgrade;\n}\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"strictNames"),{"name":"if","hash":{},"fn":container.program(2, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":23,"column":0},"end":{"line":30,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"quic"),{"name":"if","hash":{},"fn":container.program(3, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":31,"column":0},"end":{"line":38,"column":7}}})) != null ? stack1 : "")
    + "\n# Host as the client wrote it, where it is the name that chose the site: `GET http://a.example.com/` beside another Host\n# has chosen by the first, and servers must not be told of the second.\nmap \"$host $http_host\" $edge_host {\n    default $host;\n    \"~*^(\\S+) \\1\\.?(?::\\d*)?\\z\" $http_host;\n    \"~ \\z\" "
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"quic"),{"name":"if","hash":{},"fn":container.program(4, data, 0),"inverse":container.program(5, data, 0),"data":data,"loc":{"start":{"line":45,"column":11},"end":{"line":45,"column":55}}})) != null ? stack1 : "")
    + ";\n}\n\n# `a.example.com.` is another name than `a.example.com`, as on Caddy; nginx alone would serve it.\nmap $http_host $edge_other_name {\n    default 0;\n    \"~\\.(?::\\d*)?\\z\" 1;\n}\n\n# The body of an answer that has none.\nmap \"\" $edge_nothing {\n    default \"\";\n}\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"accessLog"),{"name":"if","hash":{},"fn":container.program(6, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":58,"column":0},"end":{"line":66,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"resolver"),{"name":"if","hash":{},"fn":container.program(7, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":67,"column":0},"end":{"line":72,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"helpers"),{"name":"each","hash":{},"fn":container.program(8, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":73,"column":0},"end":{"line":76,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"trusted"),{"name":"if","hash":{},"fn":container.program(9, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":77,"column":0},"end":{"line":107,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"challengePeers"),{"name":"if","hash":{},"fn":container.program(13, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":108,"column":0},"end":{"line":116,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"upstreams"),{"name":"each","hash":{},"fn":container.program(15, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":117,"column":0},"end":{"line":137,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"unknown"),{"name":"each","hash":{},"fn":container.program(20, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":138,"column":0},"end":{"line":165,"column":9}}})) != null ? stack1 : "");
},"useData":true},
  "nginx/nginx.conf": {"0":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    include "
    + ((stack1 = container.lambda(container.strict(depth0, "mimeTypes", {"start":{"line":15,"column":14},"end":{"line":15,"column":23}} ), depth0)) != null ? stack1 : "")
    + ";\n";
},"1":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda, alias3=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "# "
    + ((stack1 = alias2(alias1(depth0, "madeBy", {"start":{"line":1,"column":4},"end":{"line":1,"column":10}} ), depth0)) != null ? stack1 : "")
    + "\n# What only the main context can say. conf.d/ works alone too, included from the http block of another nginx.conf.\n\nworker_processes "
    + ((stack1 = alias2(alias1(depth0, "workers", {"start":{"line":4,"column":19},"end":{"line":4,"column":26}} ), depth0)) != null ? stack1 : "")
    + ";\npid "
    + ((stack1 = alias2(alias1(depth0, "pid", {"start":{"line":5,"column":6},"end":{"line":5,"column":9}} ), depth0)) != null ? stack1 : "")
    + ";\nerror_log "
    + ((stack1 = alias2(alias1(depth0, "errorLog", {"start":{"line":6,"column":12},"end":{"line":6,"column":20}} ), depth0)) != null ? stack1 : "")
    + " notice;\n\nevents {\n    # Two connections for each request: the client's and the server's.\n    worker_connections 4096;\n}\n\nhttp {\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias3,lookupProperty(depth0,"mimeTypes"),{"name":"if","hash":{},"fn":container.program(0, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":14,"column":0},"end":{"line":16,"column":7}}})) != null ? stack1 : "")
    + "    default_type application/octet-stream;\n    sendfile on;\n    # Each site has its own log.\n    access_log off;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias3,lookupProperty(depth0,"temporary"),{"name":"each","hash":{},"fn":container.program(1, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":21,"column":0},"end":{"line":23,"column":9}}})) != null ? stack1 : "")
    + "\n    include "
    + ((stack1 = alias2(alias1(depth0, "configuration", {"start":{"line":25,"column":14},"end":{"line":25,"column":27}} ), depth0)) != null ? stack1 : "")
    + "/conf.d/*.conf;\n}\n";
},"useData":true},
  "nginx/site.conf": {"0":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n"
    + ((stack1 = container.lambda(container.strict(depth0, "head", {"start":{"line":5,"column":2},"end":{"line":5,"column":6}} ), depth0)) != null ? stack1 : "")
    + " {\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"rows"),{"name":"each","hash":{},"fn":container.program(1, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":6,"column":0},"end":{"line":8,"column":9}}})) != null ? stack1 : "")
    + "}\n";
},"1":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + ";\n";
},"2":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), alias2=container.strict, alias3=container.lambda, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"comments"),{"name":"each","hash":{},"fn":container.program(3, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":13,"column":0},"end":{"line":15,"column":9}}})) != null ? stack1 : "")
    + "server {\n    listen "
    + ((stack1 = alias3(alias2(depth0, "listen", {"start":{"line":17,"column":13},"end":{"line":17,"column":19}} ), depth0)) != null ? stack1 : "")
    + ";\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"quic"),{"name":"if","hash":{},"fn":container.program(4, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":18,"column":0},"end":{"line":20,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"http2"),{"name":"if","hash":{},"fn":container.program(5, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":21,"column":0},"end":{"line":23,"column":7}}})) != null ? stack1 : "")
    + "    server_name "
    + ((stack1 = alias3(alias2(depth0, "names", {"start":{"line":24,"column":18},"end":{"line":24,"column":23}} ), depth0)) != null ? stack1 : "")
    + ";\n    server_tokens off;\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"certificate"),{"name":"if","hash":{},"fn":container.program(6, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":26,"column":0},"end":{"line":29,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"tls"),{"name":"each","hash":{},"fn":container.program(1, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":30,"column":0},"end":{"line":32,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"accessLog"),{"name":"if","hash":{},"fn":container.program(7, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":33,"column":0},"end":{"line":35,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"guards"),{"name":"if","hash":{},"fn":container.program(8, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":36,"column":0},"end":{"line":39,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"guards"),{"name":"each","hash":{},"fn":container.program(9, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":40,"column":0},"end":{"line":42,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"types"),{"name":"if","hash":{},"fn":container.program(10, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":43,"column":0},"end":{"line":50,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"challenges"),{"name":"if","hash":{},"fn":container.program(12, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":51,"column":0},"end":{"line":79,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"answer"),{"name":"if","hash":{},"fn":container.program(16, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":80,"column":0},"end":{"line":93,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"proxy"),{"name":"if","hash":{},"fn":container.program(20, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":94,"column":0},"end":{"line":148,"column":7}}})) != null ? stack1 : "")
    + "}\n";
},"3":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "# "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"4":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    listen "
    + ((stack1 = container.lambda(container.strict(depth0, "quic", {"start":{"line":19,"column":13},"end":{"line":19,"column":17}} ), depth0)) != null ? stack1 : "")
    + ";\n";
},"5":function(container,depth0,helpers,partials,data) {
    return "    http2 on;\n";
},"6":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "    ssl_certificate "
    + ((stack1 = alias2(alias1(depth0, "certificate", {"start":{"line":27,"column":22},"end":{"line":27,"column":33}} ), depth0)) != null ? stack1 : "")
    + ";\n    ssl_certificate_key "
    + ((stack1 = alias2(alias1(depth0, "key", {"start":{"line":28,"column":26},"end":{"line":28,"column":29}} ), depth0)) != null ? stack1 : "")
    + ";\n";
},"7":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    access_log "
    + ((stack1 = container.lambda(container.strict(depth0, "accessLog", {"start":{"line":34,"column":17},"end":{"line":34,"column":26}} ), depth0)) != null ? stack1 : "")
    + " edge_json;\n";
},"8":function(container,depth0,helpers,partials,data) {
    return "    # The answers of the edge have the type that they say, or none.\n    default_type \"\";\n";
},"9":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"10":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "    # The same as on the other proxy, whatever else is on the machine.\n    types {\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"types"),{"name":"each","hash":{},"fn":container.program(11, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":46,"column":0},"end":{"line":48,"column":9}}})) != null ? stack1 : "")
    + "    }\n";
},"11":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "        "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + ";\n";
},"12":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n    # ACME challenges: files that the certificate client writes\n    location ^~ /.well-known/acme-challenge/ {\n        root "
    + ((stack1 = container.lambda(container.strict(depth0, "webroot", {"start":{"line":55,"column":15},"end":{"line":55,"column":22}} ), depth0)) != null ? stack1 : "")
    + ";\n        default_type text/plain;\n        try_files $uri "
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"passesOn"),{"name":"if","hash":{},"fn":container.program(13, data, 0),"inverse":container.program(14, data, 0),"data":data,"loc":{"start":{"line":57,"column":23},"end":{"line":57,"column":73}}})) != null ? stack1 : "")
    + ";\n    }\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"passesOn"),{"name":"if","hash":{},"fn":container.program(15, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":59,"column":0},"end":{"line":78,"column":7}}})) != null ? stack1 : "");
},"13":function(container,depth0,helpers,partials,data) {
    return "@edge_challenge";
},"14":function(container,depth0,helpers,partials,data) {
    return "=404";
},"15":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n    # The CA may ask any edge machine: what another one has written is fetched there, and not passed on once more.\n    location @edge_challenge {\n        if ($http_"
    + ((stack1 = alias2(alias1(lookupProperty(depth0,"passesOn"), "flag", {"start":{"line":63,"column":20},"end":{"line":63,"column":33}} ), depth0)) != null ? stack1 : "")
    + ") {\n            return 404;\n        }\n        proxy_pass http://edge_challenges;\n        proxy_method GET;\n        proxy_pass_request_body off;\n        proxy_set_header Content-Length \"\";\n        proxy_set_header Host $host;\n        proxy_set_header "
    + ((stack1 = alias2(alias1(lookupProperty(depth0,"passesOn"), "header", {"start":{"line":71,"column":27},"end":{"line":71,"column":42}} ), depth0)) != null ? stack1 : "")
    + " 1;\n        proxy_connect_timeout "
    + ((stack1 = alias2(alias1(lookupProperty(depth0,"passesOn"), "connect", {"start":{"line":72,"column":32},"end":{"line":72,"column":48}} ), depth0)) != null ? stack1 : "")
    + ";\n        proxy_read_timeout "
    + ((stack1 = alias2(alias1(lookupProperty(depth0,"passesOn"), "answer", {"start":{"line":73,"column":29},"end":{"line":73,"column":44}} ), depth0)) != null ? stack1 : "")
    + ";\n        proxy_next_upstream error timeout http_404;\n        proxy_redirect off;\n        proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Charset;\n    }\n";
},"16":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n    location / {\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"alternative"),{"name":"if","hash":{},"fn":container.program(17, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":83,"column":0},"end":{"line":85,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"hsts"),{"name":"if","hash":{},"fn":container.program(18, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":86,"column":0},"end":{"line":88,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"answer"),{"name":"each","hash":{},"fn":container.program(19, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":89,"column":0},"end":{"line":91,"column":9}}})) != null ? stack1 : "")
    + "    }\n";
},"17":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "        add_header Alt-Svc "
    + ((stack1 = container.lambda(container.strict(depth0, "alternative", {"start":{"line":84,"column":29},"end":{"line":84,"column":40}} ), depth0)) != null ? stack1 : "")
    + " always;\n";
},"18":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "        add_header Strict-Transport-Security "
    + ((stack1 = container.lambda(container.strict(depth0, "hsts", {"start":{"line":87,"column":47},"end":{"line":87,"column":51}} ), depth0)) != null ? stack1 : "")
    + " always;\n";
},"19":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "        "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"20":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n    # Bodies of any size, as on the other proxy.\n    client_max_body_size 0;\n    proxy_http_version 1.1;\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"ownHost"),{"name":"if","hash":{},"fn":container.program(21, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":99,"column":0},"end":{"line":102,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"requestHeaders"),{"name":"each","hash":{},"fn":container.program(9, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":103,"column":0},"end":{"line":105,"column":9}}})) != null ? stack1 : "")
    + "    proxy_redirect off;\n    # A server must not steer the proxy.\n    proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Charset;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"responseHeaders"),{"name":"each","hash":{},"fn":container.program(9, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":109,"column":0},"end":{"line":111,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"dispatch"),{"name":"if","hash":{},"fn":container.program(22, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":112,"column":0},"end":{"line":119,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"locations"),{"name":"each","hash":{},"fn":container.program(23, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":120,"column":0},"end":{"line":147,"column":9}}})) != null ? stack1 : "");
},"21":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    # Some routes have a name of their own for their servers.\n    set $edge_server_host "
    + ((stack1 = container.lambda(container.strict(depth0, "host", {"start":{"line":101,"column":28},"end":{"line":101,"column":32}} ), depth0)) != null ? stack1 : "")
    + ";\n";
},"22":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\n    # The maps above choose; a client cannot name these locations, as they do not begin with a slash.\n    location / {\n        set $edge_decoded $uri;\n        rewrite ^ "
    + ((stack1 = container.lambda(container.strict(depth0, "dispatch", {"start":{"line":117,"column":20},"end":{"line":117,"column":28}} ), depth0)) != null ? stack1 : "")
    + " last;\n    }\n";
},"23":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda, alias3=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n    # "
    + ((stack1 = alias2(alias1(depth0, "comment", {"start":{"line":122,"column":8},"end":{"line":122,"column":15}} ), depth0)) != null ? stack1 : "")
    + "\n    location "
    + ((stack1 = alias2(alias1(depth0, "match", {"start":{"line":123,"column":15},"end":{"line":123,"column":20}} ), depth0)) != null ? stack1 : "")
    + " {\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias3,lookupProperty(depth0,"lines"),{"name":"each","hash":{},"fn":container.program(19, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":124,"column":0},"end":{"line":126,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias3,lookupProperty(depth0,"pass"),{"name":"if","hash":{},"fn":container.program(24, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":127,"column":0},"end":{"line":142,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias3,lookupProperty(depth0,"raw"),{"name":"each","hash":{},"fn":container.program(26, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":143,"column":0},"end":{"line":145,"column":9}}})) != null ? stack1 : "")
    + "    }\n";
},"24":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda, alias3=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "        "
    + ((stack1 = alias2(alias1(depth0, "module", {"start":{"line":128,"column":10},"end":{"line":128,"column":16}} ), depth0)) != null ? stack1 : "")
    + "_pass "
    + ((stack1 = alias2(alias1(depth0, "pass", {"start":{"line":128,"column":26},"end":{"line":128,"column":30}} ), depth0)) != null ? stack1 : "")
    + ";\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias3,lookupProperty(depth0,"tls"),{"name":"each","hash":{},"fn":container.program(11, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":129,"column":0},"end":{"line":131,"column":9}}})) != null ? stack1 : "")
    + "        "
    + ((stack1 = alias2(alias1(depth0, "module", {"start":{"line":132,"column":10},"end":{"line":132,"column":16}} ), depth0)) != null ? stack1 : "")
    + "_connect_timeout "
    + ((stack1 = alias2(alias1(depth0, "connect", {"start":{"line":132,"column":37},"end":{"line":132,"column":44}} ), depth0)) != null ? stack1 : "")
    + ";\n        "
    + ((stack1 = alias2(alias1(depth0, "module", {"start":{"line":133,"column":10},"end":{"line":133,"column":16}} ), depth0)) != null ? stack1 : "")
    + "_send_timeout "
    + ((stack1 = alias2(alias1(depth0, "send", {"start":{"line":133,"column":34},"end":{"line":133,"column":38}} ), depth0)) != null ? stack1 : "")
    + ";\n        # From the request being sent to the whole header; then each pause of the body.\n        "
    + ((stack1 = alias2(alias1(depth0, "module", {"start":{"line":135,"column":10},"end":{"line":135,"column":16}} ), depth0)) != null ? stack1 : "")
    + "_read_timeout "
    + ((stack1 = alias2(alias1(depth0, "read", {"start":{"line":135,"column":34},"end":{"line":135,"column":38}} ), depth0)) != null ? stack1 : "")
    + ";\n        "
    + ((stack1 = alias2(alias1(depth0, "module", {"start":{"line":136,"column":10},"end":{"line":136,"column":16}} ), depth0)) != null ? stack1 : "")
    + "_next_upstream "
    + ((stack1 = alias2(alias1(depth0, "conditions", {"start":{"line":136,"column":35},"end":{"line":136,"column":45}} ), depth0)) != null ? stack1 : "")
    + ";\n        "
    + ((stack1 = alias2(alias1(depth0, "module", {"start":{"line":137,"column":10},"end":{"line":137,"column":16}} ), depth0)) != null ? stack1 : "")
    + "_next_upstream_tries "
    + ((stack1 = alias2(alias1(depth0, "tries", {"start":{"line":137,"column":41},"end":{"line":137,"column":46}} ), depth0)) != null ? stack1 : "")
    + ";\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias3,lookupProperty(depth0,"window"),{"name":"if","hash":{},"fn":container.program(25, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":138,"column":0},"end":{"line":141,"column":7}}})) != null ? stack1 : "");
},"25":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "        # No attempt starts later than this.\n        "
    + ((stack1 = alias2(alias1(depth0, "module", {"start":{"line":140,"column":10},"end":{"line":140,"column":16}} ), depth0)) != null ? stack1 : "")
    + "_next_upstream_timeout "
    + ((stack1 = alias2(alias1(depth0, "window", {"start":{"line":140,"column":43},"end":{"line":140,"column":49}} ), depth0)) != null ? stack1 : "")
    + ";\n";
},"26":function(container,depth0,helpers,partials,data) {
    var stack1;

  return ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda, alias3=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "# "
    + ((stack1 = alias2(alias1(depth0, "madeBy", {"start":{"line":1,"column":4},"end":{"line":1,"column":10}} ), depth0)) != null ? stack1 : "")
    + "\n# Site "
    + ((stack1 = alias2(alias1(depth0, "site", {"start":{"line":2,"column":9},"end":{"line":2,"column":13}} ), depth0)) != null ? stack1 : "")
    + "\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias3,lookupProperty(depth0,"maps"),{"name":"each","hash":{},"fn":container.program(0, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":3,"column":0},"end":{"line":10,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias3,lookupProperty(depth0,"servers"),{"name":"each","hash":{},"fn":container.program(2, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":11,"column":0},"end":{"line":150,"column":9}}})) != null ? stack1 : "");
},"useData":true},
  "runbook.md": {"0":function(container,depth0,helpers,partials,data) {
    return ", each on the machine that stands above it";
},"1":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "| "
    + ((stack1 = alias2(alias1(depth0, "where", {"start":{"line":9,"column":4},"end":{"line":9,"column":9}} ), depth0)) != null ? stack1 : "")
    + " | "
    + ((stack1 = alias2(alias1(depth0, "address", {"start":{"line":9,"column":16},"end":{"line":9,"column":23}} ), depth0)) != null ? stack1 : "")
    + " | "
    + ((stack1 = alias2(alias1(depth0, "runs", {"start":{"line":9,"column":30},"end":{"line":9,"column":34}} ), depth0)) != null ? stack1 : "")
    + " | `"
    + ((stack1 = alias2(alias1(depth0, "file", {"start":{"line":9,"column":42},"end":{"line":9,"column":46}} ), depth0)) != null ? stack1 : "")
    + "` |\n";
},"2":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "DNS leads "
    + ((stack1 = alias2(alias1(depth0, "names", {"start":{"line":15,"column":12},"end":{"line":15,"column":17}} ), depth0)) != null ? stack1 : "")
    + " to the public address of "
    + ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"severalEdges"),{"name":"if","hash":{},"fn":container.program(3, data, 0),"inverse":container.program(4, data, 0),"data":data,"loc":{"start":{"line":15,"column":45},"end":{"line":15,"column":114}}})) != null ? stack1 : "")
    + ", where the ports "
    + ((stack1 = alias2(alias1(depth0, "ports", {"start":{"line":15,"column":134},"end":{"line":15,"column":139}} ), depth0)) != null ? stack1 : "")
    + " are open.\n";
},"3":function(container,depth0,helpers,partials,data) {
    return "every edge machine";
},"4":function(container,depth0,helpers,partials,data) {
    return "the edge machine";
},"5":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "\nOn "
    + ((stack1 = alias2(alias1(depth0, "where", {"start":{"line":19,"column":5},"end":{"line":19,"column":10}} ), depth0)) != null ? stack1 : "")
    + ":\n\n```sh\ndocker compose -f "
    + ((stack1 = alias2(alias1(depth0, "file", {"start":{"line":22,"column":20},"end":{"line":22,"column":24}} ), depth0)) != null ? stack1 : "")
    + " up -d --wait\n```\n";
},"6":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"nginx"),{"name":"if","hash":{},"fn":container.program(7, data, 0),"inverse":container.program(8, data, 0),"data":data,"loc":{"start":{"line":28,"column":0},"end":{"line":32,"column":7}}})) != null ? stack1 : "");
},"7":function(container,depth0,helpers,partials,data) {
    return "Until the CA has issued, nginx shows certificates that it made itself. certbot asks for real ones as soon as nginx answers on plain http; when the CA refuses it waits for 1, 5, 30 and 60 minutes, so that its limits are kept.\n";
},"8":function(container,depth0,helpers,partials,data) {
    return "Caddy asks the CA by itself at its start; until it has issued, handshakes fail.\n";
},"9":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\nWhat the edge on "
    + ((stack1 = alias2(alias1(depth0, "where", {"start":{"line":36,"column":19},"end":{"line":36,"column":24}} ), depth0)) != null ? stack1 : "")
    + " answers, and what it says:\n\n```sh\n"
    + ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"visit"),{"name":"if","hash":{},"fn":container.program(10, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":39,"column":0},"end":{"line":41,"column":7}}})) != null ? stack1 : "")
    + "docker compose -f "
    + ((stack1 = alias2(alias1(depth0, "file", {"start":{"line":42,"column":20},"end":{"line":42,"column":24}} ), depth0)) != null ? stack1 : "")
    + " ps\ndocker compose -f "
    + ((stack1 = alias2(alias1(depth0, "file", {"start":{"line":43,"column":20},"end":{"line":43,"column":24}} ), depth0)) != null ? stack1 : "")
    + " logs --tail 20\n```\n";
},"10":function(container,depth0,helpers,partials,data) {
    var stack1;

  return ((stack1 = container.lambda(container.strict(depth0, "visit", {"start":{"line":40,"column":2},"end":{"line":40,"column":7}} ), depth0)) != null ? stack1 : "")
    + "\n";
},"11":function(container,depth0,helpers,partials,data) {
    return "Caddy may reset a connection that is opened in that moment (measured, on 2.6.2 more often): browsers ask again.\n";
},"12":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\nOn "
    + ((stack1 = container.lambda(container.strict(depth0, "where", {"start":{"line":56,"column":5},"end":{"line":56,"column":10}} ), depth0)) != null ? stack1 : "")
    + ":\n\n```sh\n"
    + ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depths[1],"nginx"),{"name":"if","hash":{},"fn":container.program(13, data, 0, blockParams, depths),"inverse":container.program(14, data, 0, blockParams, depths),"data":data,"loc":{"start":{"line":59,"column":0},"end":{"line":65,"column":7}}})) != null ? stack1 : "")
    + "```\n";
},"13":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "docker compose -f "
    + ((stack1 = alias2(alias1(depth0, "file", {"start":{"line":60,"column":20},"end":{"line":60,"column":24}} ), depth0)) != null ? stack1 : "")
    + " exec -T nginx nginx -t -c /etc/edge/nginx/nginx.conf\ndocker compose -f "
    + ((stack1 = alias2(alias1(depth0, "file", {"start":{"line":61,"column":20},"end":{"line":61,"column":24}} ), depth0)) != null ? stack1 : "")
    + " exec -T nginx nginx -s reload -c /etc/edge/nginx/nginx.conf\n";
},"14":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "docker compose -f "
    + ((stack1 = alias2(alias1(depth0, "file", {"start":{"line":63,"column":20},"end":{"line":63,"column":24}} ), depth0)) != null ? stack1 : "")
    + " exec -T caddy caddy validate --config /etc/caddy/Caddyfile\ndocker compose -f "
    + ((stack1 = alias2(alias1(depth0, "file", {"start":{"line":64,"column":20},"end":{"line":64,"column":24}} ), depth0)) != null ? stack1 : "")
    + " exec -T caddy caddy reload --config /etc/caddy/Caddyfile\n";
},"15":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"edges"),{"name":"each","hash":{},"fn":container.program(16, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":75,"column":0},"end":{"line":94,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"nginx"),{"name":"if","hash":{},"fn":container.program(22, data, 0, blockParams, depths),"inverse":container.program(23, data, 0, blockParams, depths),"data":data,"loc":{"start":{"line":95,"column":0},"end":{"line":100,"column":7}}})) != null ? stack1 : "")
    + "A public CA issues five of the same names in a week: not more often.\n";
},"16":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "On "
    + ((stack1 = container.lambda(container.strict(depth0, "where", {"start":{"line":76,"column":5},"end":{"line":76,"column":10}} ), depth0)) != null ? stack1 : "")
    + ":\n\n```sh\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depths[1],"renewed"),{"name":"each","hash":{},"fn":container.program(17, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":79,"column":0},"end":{"line":85,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depths[1],"nginx"),{"name":"if","hash":{},"fn":container.program(20, data, 0, blockParams, depths),"inverse":container.program(21, data, 0, blockParams, depths),"data":data,"loc":{"start":{"line":86,"column":0},"end":{"line":91,"column":7}}})) != null ? stack1 : "")
    + "```\n\n";
},"17":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depths[2],"nginx"),{"name":"if","hash":{},"fn":container.program(18, data, 0, blockParams, depths),"inverse":container.program(19, data, 0, blockParams, depths),"data":data,"loc":{"start":{"line":80,"column":0},"end":{"line":84,"column":7}}})) != null ? stack1 : "");
},"18":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, alias1=container.lambda;

  return "docker compose -f "
    + ((stack1 = alias1(container.strict(depths[1], "file", {"start":{"line":81,"column":20},"end":{"line":81,"column":27}} ), depth0)) != null ? stack1 : "")
    + " exec -T certbot certbot renew --force-renewal --no-random-sleep-on-renew --cert-name '"
    + ((stack1 = alias1(depth0, depth0)) != null ? stack1 : "")
    + "'\n";
},"19":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, alias1=container.lambda;

  return "docker compose -f "
    + ((stack1 = alias1(container.strict(depths[1], "file", {"start":{"line":83,"column":20},"end":{"line":83,"column":27}} ), depth0)) != null ? stack1 : "")
    + " exec -T caddy sh -c 'rm -r /data/caddy/certificates/*/\"$1\"' sh '"
    + ((stack1 = alias1(depth0, depth0)) != null ? stack1 : "")
    + "'\n";
},"20":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "docker compose -f "
    + ((stack1 = container.lambda(container.strict(depth0, "file", {"start":{"line":87,"column":20},"end":{"line":87,"column":24}} ), depth0)) != null ? stack1 : "")
    + " logs --tail 20 certbot\n";
},"21":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "docker compose -f "
    + ((stack1 = alias2(alias1(depth0, "file", {"start":{"line":89,"column":20},"end":{"line":89,"column":24}} ), depth0)) != null ? stack1 : "")
    + " restart caddy\ndocker compose -f "
    + ((stack1 = alias2(alias1(depth0, "file", {"start":{"line":90,"column":20},"end":{"line":90,"column":24}} ), depth0)) != null ? stack1 : "")
    + " logs --tail 20 caddy\n";
},"22":function(container,depth0,helpers,partials,data) {
    return "nginx loads a new certificate within ten seconds. Renewal needs nobody: certbot looks twice a day.\n";
},"23":function(container,depth0,helpers,partials,data) {
    return "Caddy is away for a moment, and handshakes fail until the CA has issued: do so for a certificate that is wrong, not for one that is old.\nRenewal needs nobody: Caddy begins when a third of the time is left, and goes on with the old one until the new one is there.\n";
},"24":function(container,depth0,helpers,partials,data) {
    return "No certificate comes from a public CA.\n";
},"25":function(container,depth0,helpers,partials,data) {
    return "Certificates that the topology names as files are yours to renew: replace the files, then reload.\n";
},"26":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\nIt gets no new requests, and finishes those that it has. In the topology:\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"drains"),{"name":"each","hash":{},"fn":container.program(27, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":113,"column":0},"end":{"line":127,"column":9}}})) != null ? stack1 : "")
    + "\nBuild, reload as above, and wait for as long as the longest request takes; then stop the container. Back again it comes by the same way.\n";
},"27":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n```yaml\nupstreams:\n  "
    + ((stack1 = container.lambda(container.strict(depth0, "key", {"start":{"line":117,"column":4},"end":{"line":117,"column":7}} ), depth0)) != null ? stack1 : "")
    + ":\n    servers:\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"lines"),{"name":"each","hash":{},"fn":container.program(28, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":119,"column":0},"end":{"line":121,"column":9}}})) != null ? stack1 : "")
    + "```\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"anonymous"),{"name":"if","hash":{},"fn":container.program(29, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":123,"column":0},"end":{"line":126,"column":7}}})) != null ? stack1 : "");
},"28":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "      "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"29":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "\n(The pool "
    + ((stack1 = alias2(alias1(depth0, "name", {"start":{"line":125,"column":12},"end":{"line":125,"column":16}} ), depth0)) != null ? stack1 : "")
    + " has no name of its own in the topology yet: give its routes `upstream: "
    + ((stack1 = alias2(alias1(depth0, "key", {"start":{"line":125,"column":92},"end":{"line":125,"column":95}} ), depth0)) != null ? stack1 : "")
    + "`.)\n";
},"30":function(container,depth0,helpers,partials,data) {
    return "\nNo pool has a second server: whoever takes one out takes its sites down.\n";
},"31":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, alias1=container.strict, alias2=container.lambda, alias3=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n`"
    + ((stack1 = alias2(alias1(depth0, "name", {"start":{"line":138,"column":3},"end":{"line":138,"column":7}} ), depth0)) != null ? stack1 : "")
    + "` ("
    + ((stack1 = alias2(alias1(depth0, "image", {"start":{"line":138,"column":14},"end":{"line":138,"column":19}} ), depth0)) != null ? stack1 : "")
    + ")"
    + ((stack1 = lookupProperty(helpers,"if").call(alias3,lookupProperty(depths[1],"severalMachines"),{"name":"if","hash":{},"fn":container.program(32, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":138,"column":22},"end":{"line":138,"column":84}}})) != null ? stack1 : "")
    + ":\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias3,lookupProperty(depth0,"steps"),{"name":"each","hash":{},"fn":container.program(33, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":139,"column":0},"end":{"line":147,"column":9}}})) != null ? stack1 : "");
},"32":function(container,depth0,helpers,partials,data) {
    return ", one machine after the other";
},"33":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "\nOn "
    + ((stack1 = alias2(alias1(depth0, "where", {"start":{"line":141,"column":5},"end":{"line":141,"column":10}} ), depth0)) != null ? stack1 : "")
    + ":\n\n```sh\ndocker compose -f "
    + ((stack1 = alias2(alias1(depth0, "file", {"start":{"line":144,"column":20},"end":{"line":144,"column":24}} ), depth0)) != null ? stack1 : "")
    + " pull "
    + ((stack1 = alias2(alias1(depth0, "name", {"start":{"line":144,"column":34},"end":{"line":144,"column":38}} ), depth0)) != null ? stack1 : "")
    + "\ndocker compose -f "
    + ((stack1 = alias2(alias1(depth0, "file", {"start":{"line":145,"column":20},"end":{"line":145,"column":24}} ), depth0)) != null ? stack1 : "")
    + " up -d --wait --no-deps "
    + ((stack1 = alias2(alias1(depth0, "name", {"start":{"line":145,"column":52},"end":{"line":145,"column":56}} ), depth0)) != null ? stack1 : "")
    + "\n```\n";
},"34":function(container,depth0,helpers,partials,data) {
    return "\nThe servers are not in the topology: restart them one after the other.\n";
},"35":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n`restart` and the name of the service, in place of both, is a restart alone. While one server is away its routes pay this; before the\nnext one wait until the first is asked again:\n\n| route | a restart of one server |\n|---|---|\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"routes"),{"name":"each","hash":{},"fn":container.program(36, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":159,"column":0},"end":{"line":161,"column":9}}})) != null ? stack1 : "");
},"36":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "| "
    + ((stack1 = alias2(alias1(depth0, "id", {"start":{"line":160,"column":4},"end":{"line":160,"column":6}} ), depth0)) != null ? stack1 : "")
    + " | "
    + ((stack1 = alias2(alias1(depth0, "restart", {"start":{"line":160,"column":13},"end":{"line":160,"column":20}} ), depth0)) != null ? stack1 : "")
    + " |\n";
},"37":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n| route | one server refuses | one machine is off | one server hangs | all refuse | then, with all back, errors for | longest wait | budget |\n|---|---|---|---|---|---|---|---|\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"routes"),{"name":"each","hash":{},"fn":container.program(38, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":179,"column":0},"end":{"line":181,"column":9}}})) != null ? stack1 : "")
    + "\nStatus and wait are those of one GET at worst, before the server is marked."
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"others"),{"name":"if","hash":{},"fn":container.program(39, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":183,"column":75},"end":{"line":183,"column":134}}})) != null ? stack1 : "")
    + "\n";
},"38":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=container.strict, alias2=container.lambda;

  return "| "
    + ((stack1 = alias2(alias1(depth0, "id", {"start":{"line":180,"column":4},"end":{"line":180,"column":6}} ), depth0)) != null ? stack1 : "")
    + " | "
    + ((stack1 = alias2(alias1(depth0, "refused", {"start":{"line":180,"column":13},"end":{"line":180,"column":20}} ), depth0)) != null ? stack1 : "")
    + " | "
    + ((stack1 = alias2(alias1(depth0, "off", {"start":{"line":180,"column":27},"end":{"line":180,"column":30}} ), depth0)) != null ? stack1 : "")
    + " | "
    + ((stack1 = alias2(alias1(depth0, "hung", {"start":{"line":180,"column":37},"end":{"line":180,"column":41}} ), depth0)) != null ? stack1 : "")
    + " | "
    + ((stack1 = alias2(alias1(depth0, "all", {"start":{"line":180,"column":48},"end":{"line":180,"column":51}} ), depth0)) != null ? stack1 : "")
    + " | "
    + ((stack1 = alias2(alias1(depth0, "outage", {"start":{"line":180,"column":58},"end":{"line":180,"column":64}} ), depth0)) != null ? stack1 : "")
    + " | "
    + ((stack1 = alias2(alias1(depth0, "worst", {"start":{"line":180,"column":71},"end":{"line":180,"column":76}} ), depth0)) != null ? stack1 : "")
    + " | "
    + ((stack1 = alias2(alias1(depth0, "budget", {"start":{"line":180,"column":83},"end":{"line":180,"column":89}} ), depth0)) != null ? stack1 : "")
    + " |\n";
},"39":function(container,depth0,helpers,partials,data) {
    return " Further routes: `proxywright report`.";
},"40":function(container,depth0,helpers,partials,data) {
    return ", 503";
},"41":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"nginx"),{"name":"if","hash":{},"fn":container.program(42, data, 0),"inverse":container.program(43, data, 0),"data":data,"loc":{"start":{"line":192,"column":0},"end":{"line":196,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"severalEdges"),{"name":"if","hash":{},"fn":container.program(44, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":197,"column":0},"end":{"line":199,"column":7}}})) != null ? stack1 : "");
},"42":function(container,depth0,helpers,partials,data) {
    return "| the certificate is self-made (`O = self-made`) | the CA has not issued yet | the log of `certbot` says why: mostly DNS, or a port that is closed |\n";
},"43":function(container,depth0,helpers,partials,data) {
    return "| handshakes fail | the CA has not issued yet | the log of `caddy` says why: mostly DNS, or a port that is closed |\n";
},"44":function(container,depth0,helpers,partials,data) {
    return "| the CA says 404 for a challenge | it asked an edge machine that does not reach the one which asked for the certificate | the machines must reach each other at their private addresses on plain http |\n";
},"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\u003C!-- "
    + ((stack1 = container.lambda(container.strict(depth0, "madeBy", {"start":{"line":1,"column":7},"end":{"line":1,"column":13}} ), depth0)) != null ? stack1 : "")
    + " -->\n# Runbook\n\nWhat to type, and what failures look like. Commands run in the folder of this file"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"severalMachines"),{"name":"if","hash":{},"fn":container.program(0, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":4,"column":82},"end":{"line":4,"column":154}}})) != null ? stack1 : "")
    + ".\n\n| machine | address | runs | fragment |\n|---|---|---|---|\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"machines"),{"name":"each","hash":{},"fn":container.program(1, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":8,"column":0},"end":{"line":10,"column":9}}})) != null ? stack1 : "")
    + "\n## First start\n\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"names"),{"name":"if","hash":{},"fn":container.program(2, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":14,"column":0},"end":{"line":16,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"starts"),{"name":"each","hash":{},"fn":container.program(5, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":17,"column":0},"end":{"line":24,"column":9}}})) != null ? stack1 : "")
    + "\nThe edge starts whether the applications are well or not, and finds those that come later by itself.\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"acme"),{"name":"if","hash":{},"fn":container.program(6, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":27,"column":0},"end":{"line":33,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"edges"),{"name":"each","hash":{},"fn":container.program(9, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":34,"column":0},"end":{"line":45,"column":9}}})) != null ? stack1 : "")
    + "\n## Reload after a build\n\nThe folder is mounted: bring it to the machines as a whole, then let the proxy read it. What does not load is refused, and the old\nconfiguration stays. Requests on their way are finished by the old one.\n"
    + ((stack1 = lookupProperty(helpers,"unless").call(alias1,lookupProperty(depth0,"nginx"),{"name":"unless","hash":{},"fn":container.program(11, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":51,"column":0},"end":{"line":53,"column":11}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"edges"),{"name":"each","hash":{},"fn":container.program(12, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":54,"column":0},"end":{"line":67,"column":9}}})) != null ? stack1 : "")
    + "\nWhere a fragment in `compose/` has changed, `up -d --wait` as at the first start makes the containers anew that it describes\notherwise, one after the other: a proxy is away for some seconds then, and requests that it had are lost.\n\n## Renew certificates now\n\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"renewed"),{"name":"if","hash":{},"fn":container.program(15, data, 0, blockParams, depths),"inverse":container.program(24, data, 0, blockParams, depths),"data":data,"loc":{"start":{"line":74,"column":0},"end":{"line":104,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"files"),{"name":"if","hash":{},"fn":container.program(25, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":105,"column":0},"end":{"line":107,"column":7}}})) != null ? stack1 : "")
    + "\n## Take a server out (drain)\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"drains"),{"name":"if","hash":{},"fn":container.program(26, data, 0, blockParams, depths),"inverse":container.program(30, data, 0, blockParams, depths),"data":data,"loc":{"start":{"line":110,"column":0},"end":{"line":133,"column":7}}})) != null ? stack1 : "")
    + "\n## Deploy or restart one server\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"deploys"),{"name":"each","hash":{},"fn":container.program(31, data, 0, blockParams, depths),"inverse":container.program(34, data, 0, blockParams, depths),"data":data,"loc":{"start":{"line":136,"column":0},"end":{"line":151,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"routes"),{"name":"if","hash":{},"fn":container.program(35, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":152,"column":0},"end":{"line":162,"column":7}}})) != null ? stack1 : "")
    + "\n## Roll back\n\nThe folder as it was before, from git, then reload:\n\n```sh\ngit restore --source=HEAD~1 -- .\n```\n\nAn image: write the former tag at the service in the topology, build, and deploy as above; old images stay on the machines.\n\n## What failures look like\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"routes"),{"name":"if","hash":{},"fn":container.program(37, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":175,"column":0},"end":{"line":184,"column":7}}})) != null ? stack1 : "")
    + "\n| what is seen | what it is | what to do |\n|---|---|---|\n| 421 | no site has that name | look at the name; or at DNS, when the name should not lead here |\n| 502"
    + ((stack1 = lookupProperty(helpers,"unless").call(alias1,lookupProperty(depth0,"nginx"),{"name":"unless","hash":{},"fn":container.program(40, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":189,"column":5},"end":{"line":189,"column":38}}})) != null ? stack1 : "")
    + " at once | the servers refuse connections, or all are marked | `docker compose … ps` on their machines; the log of the edge names the servers in `upstream` |\n| 504 | a server accepts and does not answer in time | look at the application |\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"acme"),{"name":"if","hash":{},"fn":container.program(41, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":191,"column":0},"end":{"line":200,"column":7}}})) != null ? stack1 : "")
    + "| `cannot assign requested address` | the private address of the machine is not there yet (a VPN that starts later) | it is tried again by itself |\n| `address is already in use` | something else on the machine has the port | `docker ps`, `ss -ltnp` |\n| the edge is `unhealthy` | the proxy does not listen: the applications have no part in that | its log; a configuration that does not load is named there with its line |\n";
},"useData":true,"useDepths":true},
};
