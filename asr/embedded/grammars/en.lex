a	eI	0
about	a b aU t	0
absolutely	a b s @ l u t l i	0
adam	a d @ m	0
affirmative	a f 3 m @ t I v	0
after	aa f t 3	0
afternoon	aa f t 3 n u n	0
again	a g E n	0
agent	eI dZ @ n t	0
ago	a g oU	0
ah	A	0
ahead	a h E d	0
all	O l	0
alpha	a l f @	0
alright	O l r aI t	0
am	a m	0
an	a n	0
and	a n d	0
any	E n i	0
apostrophe	a p O s t r @ f i	0
apple	a p @L	0
april	eI p r @L	0
are	A@	0
around	3 r aU n d	0
as	a z	0
at	a t	0
august	O g @ s t	0
b	b i	0
before	b I f o@	0
beginning	b I g I n I N	0
boy	b OI	0
bravo	b r A v oU	0
by	b aI	0
c	s i	0
can	k a n	0
can't	k a n t	0
capital	k a p I t @L	0
cat	k a t	0
cent	s E n t	0
certainly	s 3 ? n l i	0
charlie	tS A@ l i	0
confirm	k @ n f 3 m	0
correct	k 3 r E k t	0
could	k U d	0
course	k o@ s	0
d	d i	0
dash	d a S	0
david	d eI v I d	0
day	d eI	0
days	d eI z	0
december	d I s E m b 3	0
definitely	d E f I n @ t l i	0
delta	d E l t @	0
did	d I d	0
didn't	d I d n t	0
do	d u	0
does	d V z	0
doesn't	d V z @ n t	0
dog	d 0 g	0
don't	d oU n t	0
dot	d 0 t	0
double	d V b @L	0
double eight	d V b @L eI t	0
double five	d V b @L f aI v	0
double four	d V b @L f o@	0
double nine	d V b @L n aI n	0
double one	d V b @L w V n	0
double seven	d V b @L s E v @ n	0
double six	d V b @L s I k s	0
double three	d V b @L T r i	0
double two	d V b @L t u	0
e	i	0
early	3 l i	0
easy	i z i	0
echo	E k oU	0
edward	E d w 3 d	0
eight	eI t	0
eighteen	eI t i n	0
eighteenth	eI t i n T	0
eighth	eI t T	0
eighty	eI t i	0
eighty-eight	eI t i eI t	0
eighty-five	eI t i f aI v	0
eighty-four	eI t i f o@	0
eighty-nine	eI t i n aI n	0
eighty-one	eI t i w V n	0
eighty-seven	eI t i s E v @ n	0
eighty-six	eI t i s I k s	0
eighty-three	eI t i T r i	0
eighty-two	eI t i t u	0
eleven	I l E v @ n	0
eleventh	I l E v @ n T	0
else	E l s	0
end	E n d	0
ends	E n d z	0
er	3	0
evening	i v n I N	0
exactly	E g z a k t l i	0
f	E f	0
february	f E b r u e@ r i	0
few	f j u	0
fifteen	f I f t i n	0
fifteenth	f I f t i n T	0
fifth	f I f T	0
fifty	f I f t i	0
fifty-eight	f I f t i eI t	0
fifty-five	f I f t i f aI v	0
fifty-four	f I f t i f o@	0
fifty-nine	f I f t i n aI n	0
fifty-one	f I f t i w V n	0
fifty-seven	f I f t i s E v @ n	0
fifty-six	f I f t i s I k s	0
fifty-three	f I f t i T r i	0
fifty-two	f I f t i t u	0
find	f aI n d	0
fine	f aI n	0
first	f 3 s t	0
five	f aI v	0
for	f O@	0
forty	f O@ t i	0
forty-eight	f O@ t i eI t	0
forty-five	f O@ t i f aI v	0
forty-four	f O@ t i f o@	0
forty-nine	f O@ t i n aI n	0
forty-one	f O@ t i w V n	0
forty-seven	f O@ t i s E v @ n	0
forty-six	f O@ t i s I k s	0
forty-three	f O@ t i T r i	0
forty-two	f O@ t i t u	0
four	f o@	0
fourteen	f o@ t i n	0
fourteenth	f o@ t i n T	0
fourth	f o@ T	0
fox	f 0 k s	0
foxtrot	f 0 k s t r 0 t	0
frank	f r a N k	0
friday	f r aI d eI	0
from	f r V m	0
g	dZ i	0
george	dZ O@ dZ	0
get	g E t	0
go	g oU	0
golf	g 0 l f	0
good	g U d	0
goodbye	g U d b aI	0
got	g 0 t	0
great	g r eI t	0
h	eI tS	0
harry	h a r i	0
hasn't	h a z @ n t	0
have	h a v	0
haven't	h a v @ n t	0
hear	h i@	0
henry	h E n r i	0
hi	h aI	0
hold	h oU l d	0
hotel	h oU t E l	0
human	h j u m @ n	0
hundred	h V n d r I d	0
hyphen	h aI f @ n	0
i	aI	0
i'd	aI d	0
i'll	aI l	0
i'm	aI m	0
i've	aI v	0
ida	aI d @	0
idea	aI d i@	0
in	I n	0
incorrect	I N k 3 r E k t	0
india	I n d i @	0
is	I z	0
isn't	I z @ n t	0
it	I t	0
it's	I t s	0
j	dZ eI	0
january	dZ a n j u e@ r i	0
john	dZ 0 n	0
juliet	dZ u l I E t	0
july	dZ u l aI	0
june	dZ u n	0
just	dZ V s t	0
k	k eI	0
kilo	k i l oU	0
king	k I N	0
know	n oU	0
l	E l	0
last	l aa s t	0
late	l eI t	0
let	l E t	0
let's	l E t s	0
like	l aI k	0
lima	l i m a	0
lincoln	l I N k @ n	0
lion	l aI@ n	0
lost	l O s t	0
m	E m	0
made	m eI d	0
march	m A@ tS	0
mary	m e@ r i	0
may	m eI	0
maybe	m eI b i	0
me	m i	0
mike	m aI k	0
mind	m aI n d	0
mistake	m I s t eI k	0
moment	m oU m @ n t	0
monday	m V n d eI	0
month	m V n T	0
morning	m O@ n I N	0
my	m aI	0
n	E n	0
nah	n A	0
nancy	n a n s i	0
negative	n E g @ t I v	0
never	n E v 3	0
next	n E k s t	0
nine	n aI n	0
nineteen	n aI n t i n	0
nineteenth	n aI n t i n T	0
ninety	n aI n t i	0
ninety-eight	n aI n t i eI t	0
ninety-five	n aI n t i f aI v	0
ninety-four	n aI n t i f o@	0
ninety-nine	n aI n t i n aI n	0
ninety-one	n aI n t i w V n	0
ninety-seven	n aI n t i s E v @ n	0
ninety-six	n aI n t i s I k s	0
ninety-three	n aI n t i T r i	0
ninety-two	n aI n t i t u	0
ninth	n aI n T	0
no	n oU	0
noon	n u n	0
nope	n oU p	0
nora	n o@ r @	0
not	n 0 t	0
nothing	n V T I N	0
november	n oU v E m b 3	0
number	n V m b 3	0
number's	n V m b 3 z	0
o	oU	0
ocean	oU S @ n	0
october	0 k t oU b 3	0
of	V v	0
oh	oU	0
oh eight	oU eI t	0
oh five	oU f aI v	0
oh four	oU f o@	0
oh nine	oU n aI n	0
oh one	oU w V n	0
oh seven	oU s E v @ n	0
oh six	oU s I k s	0
oh three	oU T r i	0
oh two	oU t u	0
oh zero	oU z i@ r oU	0
ok	oU k eI	0
okay	oU k eI	0
on	O n	0
one	w V n	0
operator	0 p 3 r eI t 3	0
orange	O r I n dZ	0
order	O@ d 3	0
oscar	0 s k 3	0
p	p i	0
papa	p A p @	0
pardon	p A@ d @ n	0
paul	p O l	0
perfect	p 3 f E k t	0
person	p 3 s @ n	0
peter	p i t 3	0
please	p l i z	0
plus	p l V s	0
point	p OI n t	0
possible	p 0 s I b @L	0
put	p U t	0
q	k j u	0
quebec	k w I b E k	0
queen	k w i n	0
r	A@	0
real	r i @ l	0
really	r i@ l i	0
remember	r I m E m b 3	0
repeat	r I p i t	0
right	r aI t	0
robert	r 0 b 3 t	0
romeo	r oU m I oU	0
s	E s	0
sam	s a m	0
saturday	s a t 3 d eI	0
say	s eI	0
second	s E k @ n d	0
see	s i	0
september	s E p t E m b 3	0
seven	s E v @ n	0
seventeen	s E v @ n t i n	0
seventeenth	s E v @ n t i n T	0
seventh	s E v @ n T	0
seventy	s E v @ n t i	0
seventy-eight	s E v @ n t i eI t	0
seventy-five	s E v @ n t i f aI v	0
seventy-four	s E v @ n t i f o@	0
seventy-nine	s E v @ n t i n aI n	0
seventy-one	s E v @ n t i w V n	0
seventy-seven	s E v @ n t i s E v @ n	0
seventy-six	s E v @ n t i s I k s	0
seventy-three	s E v @ n t i T r i	0
seventy-two	s E v @ n t i t u	0
sierra	s i e@ r @	0
simon	s aI m @ n	0
since	s I n s	0
six	s I k s	0
sixteen	s I k s t i n	0
sixteenth	s I k s t i n T	0
sixth	s I k s T	0
sixty	s I k s t i	0
sixty-eight	s I k s t i eI t	0
sixty-five	s I k s t i f aI v	0
sixty-four	s I k s t i f o@	0
sixty-nine	s I k s t i n aI n	0
sixty-one	s I k s t i w V n	0
sixty-seven	s I k s t i s E v @ n	0
sixty-six	s I k s t i s I k s	0
sixty-three	s I k s t i T r i	0
sixty-two	s I k s t i t u	0
slash	s l a S	0
so	s oU	0
someone	s V m w V n	0
soon	s u n	0
sorry	s A r i	0
sounds	s aU n d z	0
space	s p eI s	0
speak	s p i k	0
spell	s p E l	0
spelled	s p E l d	0
starts	s t A@ t s	0
still	s t I l	0
sugar	S U g 3	0
sunday	s V n d eI	0
sure	S U@	0
t	t i	0
talk	t O k	0
tango	t a N g oU	0
ten	t E n	0
tenth	t E n T	0
thank	T a N k	0
thanks	T a N k s	0
that	D a t	0
that's	D a t s	0
the	D @	0
there	D e@	0
think	T I N k	0
third	T 3 d	0
thirteen	T 3 t i n	0
thirteenth	T 3 t i n T	0
thirtieth	T 3 t i@ T	0
thirty	T 3 t i	0
thirty-eight	T 3 t i eI t	0
thirty-first	T 3 t i f 3 s t	0
thirty-five	T 3 t i f aI v	0
thirty-four	T 3 t i f o@	0
thirty-nine	T 3 t i n aI n	0
thirty-one	T 3 t i w V n	0
thirty-seven	T 3 t i s E v @ n	0
thirty-six	T 3 t i s I k s	0
thirty-three	T 3 t i T r i	0
thirty-two	T 3 t i t u	0
this	D I s	0
thousand	T aU z @ n d	0
three	T r i	0
through	T r u	0
thursday	T 3 z d eI	0
tiger	t aI g 3	0
to	t u	0
today	t @ d eI	0
tom	t 0 m	0
tomorrow	t @ m A r oU	0
tonight	t @ n aI t	0
tuesday	t u z d eI	0
twelfth	t w E l f T	0
twelve	t w E l v	0
twentieth	t w E n t i@ T	0
twenty	t w E n t i	0
twenty-eight	t w E n t i eI t	0
twenty-eighth	t w E n t i eI t T	0
twenty-fifth	t w E n t i f I f T	0
twenty-first	t w E n t i f 3 s t	0
twenty-five	t w E n t i f aI v	0
twenty-four	t w E n t i f o@	0
twenty-fourth	t w E n t i f o@ T	0
twenty-nine	t w E n t i n aI n	0
twenty-ninth	t w E n t i n aI n T	0
twenty-one	t w E n t i w V n	0
twenty-second	t w E n t i s E k @ n d	0
twenty-seven	t w E n t i s E v @ n	0
twenty-seventh	t w E n t i s E v @ n T	0
twenty-six	t w E n t i s I k s	0
twenty-sixth	t w E n t i s I k s T	0
twenty-third	t w E n t i T 3 d	0
twenty-three	t w E n t i T r i	0
twenty-two	t w E n t i t u	0
two	t u	0
u	j u	0
uh	V	0
um	V m	0
underscore	V n d 3 s k o@	0
understand	V n d 3 s t a n d	0
uniform	j u n I f O@ m	0
union	j u n i@ n	0
v	v i	0
victor	v I k t 3	0
w	d V b @L j u	0
wait	w eI t	0
want	w O n t	0
was	w V z	0
way	w eI	0
wednesday	w E n z d eI	0
week	w i k	0
weekend	w i k E n d	0
weeks	w i k s	0
well	w E l	0
what	w V t	0
where	w e@	0
which	w I tS	0
whiskey	w I s k i	0
why	w aI	0
william	w I l j @ m	0
with	w I D	0
wrong	r O N	0
x	E k s	0
y	w aI	0
yankee	j a N k i	0
yeah	j E h	0
yep	j E p	0
yes	j E s	0
yesterday	j E s t 3 d eI	0
yet	j E t	0
you	j u	0
young	j V N	0
yup	j V p	0
z	z i	0
zebra	z i b r @	0
zee	z i	0
zero	z i@ r oU	0
zero eight	z i@ r oU eI t	0
zero five	z i@ r oU f aI v	0
zero four	z i@ r oU f o@	0
zero nine	z i@ r oU n aI n	0
zero one	z i@ r oU w V n	0
zero seven	z i@ r oU s E v @ n	0
zero six	z i@ r oU s I k s	0
zero three	z i@ r oU T r i	0
zero two	z i@ r oU t u	0
zero zero	z i@ r oU z i@ r oU	0
zulu	z u l u	0
