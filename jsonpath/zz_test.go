package jsonpath_test
import ("testing";"postern/internal/oracle")
func TestZZ(t *testing.T){
	o := oracle.Start(t)
	off:=uint64(2000)
	f,e,n,all:=0,0,0,0
	for seed:=off;seed<off+40;seed++{
		var ps []pair
		for k:=uint64(0);k<5000;k++{ ps=append(ps,generate(seed*5000+k))}
		a,b,c:=compare(t,o,ps); f+=a;e+=b;n+=c; all+=len(ps)
		if f>60 {break}
	}
	t.Log(all,"failed",f,"errors",e,"found",n)
}
